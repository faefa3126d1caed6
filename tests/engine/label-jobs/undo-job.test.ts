import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTables } from '@/lib/customers/read-tables';
import { differingColumns } from '@/lib/label-store/column-digests';
import { labelDigest } from '@/lib/label-store/label-digest';
import { clickhouseProxy } from '../../support/clickhouse-proxy';
import { type TestContext, testContext } from '../../support/context';
import {
  backedUp,
  deleteAndWait,
  inAndAround,
  insertTies,
  label,
  labelTable,
  runJob,
  startJob,
  undoOf,
} from '../../support/labels';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

describe('an undo Job', () => {
  it('puts the scope back byte for byte, whatever is there now, even on a table that drops known blocks', async () => {
    const table = await labelTable(ctx);
    await table.run('ALTER TABLE $labels MODIFY SETTING non_replicated_deduplication_window = 100');
    await table.insert(inAndAround());
    const before = await table.rows();
    const order = await backedUp(ctx, table);
    await deleteAndWait(ctx, table, order);
    await table.insert([label({ agent_user_id: 'relabelled' }), label()]);
    const undo = await undoOf(ctx, table, order);
    const done = await runJob(ctx, 'undo', undo);
    expect(done.code, done.lines.join('\n')).toBe(0);
    expect(done.report?.numbers).toMatchObject({ rows: 2, deleted: 2 });
    expect(await table.rows()).toEqual(before);
    expect(await runJob(ctx, 'undo', undo)).toMatchObject({ code: 0, report: { numbers: { deleted: 0 } } });
  });

  it('brings back the row that counted of several of one key and version, whatever merged meanwhile', async () => {
    for (const merged of ['before the delete', 'never']) {
      const table = await labelTable(ctx);
      await table.run('SYSTEM STOP MERGES $labels');
      await insertTies(table);
      const labels = `${table.scope.database}.conversation_with_labels`;
      const counted = () => table.query(`SELECT * FROM ${labels} FINAL ORDER BY conversation_id`);
      const before = await counted();
      expect(before.map((row) => (row as { usecase_id: string }).usecase_id)).toEqual(Array(8).fill('last'));
      const order = await backedUp(ctx, table);
      const of = { scope: table.scope, tables: table.tables, backupId: order.backupId };
      expect(await differingColumns(ctx, of)).toMatchObject({ differing: [] });
      await table.run('SYSTEM START MERGES $labels');
      if (merged !== 'never') await table.run('OPTIMIZE TABLE $labels FINAL');
      expect(await deleteAndWait(ctx, table, order)).toMatchObject({ code: 0 });
      await table.insert([label()]);
      const done = await runJob(ctx, 'undo', await undoOf(ctx, table, order));
      expect(done.code, done.lines.join('\n')).toBe(0);
      expect(await counted()).toEqual(before);
    }
  });

  it('that was killed between delete and restore is finished by running it again', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const before = await table.rows();
    const order = await backedUp(ctx, table);
    await table.insert([label()]);
    const undo = await undoOf(ctx, table, order);
    const proxy = await clickhouseProxy(ctx.config.clickhouse.url, (sql) =>
      /INSERT INTO/.test(sql) ? { kind: 'hold request' } : { kind: 'pass' },
    );
    const job = startJob(ctx, 'undo', undo, { CLICKHOUSE_URL: proxy.url });
    await proxy.treated();
    job.signal('SIGKILL');
    await job.ended;
    await proxy.close();
    expect(await table.rows()).toHaveLength(4);
    expect(await runJob(ctx, 'undo', undo)).toMatchObject({ code: 0 });
    expect(await table.rows()).toEqual(before);
  });

  it.each([
    ['a column gone since', 'DROP COLUMN note', 'the labels no longer store the column note'],
    ['another type', 'MODIFY COLUMN note LowCardinality(String)', 'note is String there and LowCardinality(String) in'],
    [
      'a column that nobody may write any more',
      "MODIFY COLUMN note String ALIAS 'x'",
      'no longer store the column note',
    ],
    ['a column added since', 'ADD COLUMN more String', 'the labels got the column more since'],
    ['a constraint added since', "ADD CONSTRAINT c CHECK note != ''", 'do not satisfy the constraint c (note != '],
  ])('refuses what it could not bring back, before it deletes: %s', async (_, change, why) => {
    const table = await labelTable(ctx);
    const everywhere = async (what: string) => {
      for (const name of ['conversation_with_labels', 'conversation_with_labels_d'])
        await table.run(`ALTER TABLE ${table.scope.database}.${name} ${what}`);
    };
    await everywhere('ADD COLUMN note String');
    await table.insert(inAndAround());
    const before = (await table.rows()).length;
    const tables = await readTables(ctx, table.scope);
    const order = await table.order({ expect: await labelDigest(ctx, { scope: table.scope, tables }) });
    expect(await runJob(ctx, 'backup', order)).toMatchObject({ code: 0 });
    await table.insert([label()]);
    if (change.includes('CONSTRAINT')) await table.run(`ALTER TABLE $labels ${change}`);
    else await everywhere(change);
    const done = await runJob(ctx, 'undo', { ...order, tag: order.tag.replace(/1$/, '2') });
    expect(done).toMatchObject({ code: 3, report: { exit: 'notAsPlanned' } });
    expect(done.lines.join('\n')).toContain(why);
    expect(await table.rows()).toHaveLength(before + 1);
  });
});
