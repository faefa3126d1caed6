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

describe('a restore Job', () => {
  it('puts the scope back byte for byte after a delete, even on a table that drops known blocks', async () => {
    const table = await labelTable(ctx);
    await table.run('ALTER TABLE $labels MODIFY SETTING non_replicated_deduplication_window = 100');
    await table.insert(inAndAround());
    const before = await table.rows();
    const order = await backedUp(ctx, table);
    await deleteAndWait(ctx, table, order);
    await table.insert([label({ agent_user_id: 'relabelled' }), label()]);
    const undo = await undoOf(ctx, table, order);
    expect(await deleteAndWait(ctx, table, undo.remove)).toMatchObject({ code: 0, report: { numbers: { rows: 2 } } });
    expect(await table.rows()).toHaveLength(4);
    const done = await runJob(ctx, 'restore', undo.restore);
    expect(done.code, done.lines.join('\n')).toBe(0);
    expect(done.report?.numbers).toMatchObject({ rows: 2, inserted: 2 });
    expect(await table.rows()).toEqual(before);
    expect(await runJob(ctx, 'restore', undo.restore)).toMatchObject({ code: 0, report: { numbers: { inserted: 0 } } });
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
      const undo = await undoOf(ctx, table, order);
      expect(await deleteAndWait(ctx, table, undo.remove)).toMatchObject({ code: 0 });
      const done = await runJob(ctx, 'restore', undo.restore);
      expect(done.code, done.lines.join('\n')).toBe(0);
      expect(await counted()).toEqual(before);
    }
  });

  it('that was killed before or while it inserted is finished by running it again', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const before = await table.rows();
    const order = await backedUp(ctx, table);
    await table.insert([label()]);
    const undo = await undoOf(ctx, table, order);
    expect(await deleteAndWait(ctx, table, undo.remove)).toMatchObject({ code: 0 });
    const proxy = await clickhouseProxy(ctx.config.clickhouse.url, (sql) =>
      /INSERT INTO/.test(sql) ? { kind: 'hold request' } : { kind: 'pass' },
    );
    const job = startJob(ctx, 'restore', undo.restore, { CLICKHOUSE_URL: proxy.url });
    await proxy.treated();
    job.signal('SIGKILL');
    await job.ended;
    await proxy.close();
    expect(await table.rows()).toHaveLength(4);
    // Half of the rows are back already, as a server leaves them that dies within an insert.
    const backups = `${table.scope.database}.conversation_with_labels_slc_backup`;
    await table.run(
      `INSERT INTO $labels SELECT * EXCEPT (slc_backup_id, slc_backed_up_at) FROM ${backups}
       WHERE slc_backup_id = '${order.backupId}' LIMIT 1`,
    );
    expect(await runJob(ctx, 'restore', undo.restore)).toMatchObject({ code: 0 });
    await table.run('OPTIMIZE TABLE $labels FINAL');
    expect(await table.rows()).toEqual(before);
  });

  it('inserts nothing beside a row that the backup lacks', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const order = await backedUp(ctx, table);
    await table.insert([label()]);
    const { restore } = await undoOf(ctx, table, order);
    const done = await runJob(ctx, 'restore', restore);
    expect(done, done.lines.join('\n')).toMatchObject({ code: 3, report: { exit: 'notAsPlanned' } });
    expect(done.lines.join('\n')).toContain('1 label row of the scope is not in the backup. Nothing was restored.');
    expect(await table.rows()).toHaveLength(7);
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
  ])('and the delete before it refuse what cannot be brought back: %s', async (_, change, why) => {
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
    const restores = { backupId: order.backupId, expect: order.expect, isPartlyBack: false };
    for (const kind of ['delete', 'restore']) {
      const done = await runJob(ctx, kind, { ...order, restores, tag: order.tag.replace(/1$/, '2') });
      expect(done).toMatchObject({ code: 3, report: { exit: 'notAsPlanned' } });
      expect(done.lines.join('\n')).toContain(why);
    }
    expect(await table.rows()).toHaveLength(before + 1);
  });
});
