import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTables } from '@/lib/customers/read-tables';
import { backupDigest } from '@/lib/label-store/backup-digest';
import { labelDigest } from '@/lib/label-store/label-digest';
import { clickhouseProxy } from '../../support/clickhouse-proxy';
import { type TestContext, testContext } from '../../support/context';
import { backedUp, inAndAround, label, labelTable, orderedTable, runJob, startJob } from '../../support/labels';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

describe('a backup Job', () => {
  it('copies exactly the scope, unmerged versions too, and proves count and hash', async () => {
    const table = await labelTable(ctx);
    const rows = inAndAround();
    await table.run('SYSTEM STOP MERGES $labels');
    await table.insert(rows);
    await table.insert([
      { ...rows[0], usecase_id: 'newer', update_time: '2026-02-10 12:00:00.000' } as (typeof rows)[0],
    ]);
    const order = await table.order();
    const done = await runJob(ctx, 'backup', order);
    expect(done.code, done.lines.join('\n')).toBe(0);
    expect(done.report).toMatchObject({ kind: 'backup', exit: 'done', numbers: { rows: 2 } });
    expect(await backupDigest(ctx, { backupId: order.backupId, tables: table.tables })).toEqual(order.expect);
    const backup = `${table.scope.database}.conversation_with_labels_slc_backup`;
    const copied = await table.query<{ n: string }>(`SELECT toString(count()) AS n FROM ${backup}`);
    expect(copied).toEqual([{ n: '3' }]);
    expect(await table.rows()).toHaveLength(7);
  });

  it('refuses labels that changed since the plan, and copies nothing', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const order = await table.order();
    await table.insert([label()]);
    const done = await runJob(ctx, 'backup', order);
    expect(done).toMatchObject({ code: 3, report: { exit: 'notAsPlanned', numbers: { rows: 3, expected: 2 } } });
    expect(done.lines.join('\n')).toContain(
      'The labels changed since the plan: 3 rows are there, 2 rows were planned.',
    );
  });

  it('keeps the backup of a Job that runs again, and refuses a part that a killed one left', async () => {
    const { table, order } = await orderedTable(ctx);
    expect(await runJob(ctx, 'backup', order)).toMatchObject({ code: 0, report: { numbers: { rows: 2 } } });
    const backup = `${table.scope.database}.conversation_with_labels_slc_backup`;
    expect(await table.query(`SELECT toString(count()) AS n FROM ${backup}`)).toEqual([{ n: '2' }]);
    await table.run(
      `ALTER TABLE ${backup} DELETE WHERE conversation_end_time > '2026-02-11' SETTINGS mutations_sync = 2`,
    );
    expect(await runJob(ctx, 'backup', order)).toMatchObject({
      code: 1,
      report: { numbers: { rows: 1, expected: 2 } },
    });
  });

  it('says which column its table lacks when the labels got one since', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    await backedUp(ctx, table);
    for (const name of ['conversation_with_labels', 'conversation_with_labels_d'])
      await table.run(`ALTER TABLE ${table.scope.database}.${name} ADD COLUMN note String`);
    const tables = await readTables(ctx, table.scope);
    const expected = await labelDigest(ctx, { scope: table.scope, tables });
    const done = await runJob(ctx, 'backup', await table.order({ expect: expected }));
    expect(done.code).toBe(1);
    expect(done.lines.join('\n')).toContain('has no column note, which the labels have. Rename it');
  });

  it('is ended by SIGTERM while it copies', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const proxy = await clickhouseProxy(ctx.config.clickhouse.url, (sql) =>
      /INSERT INTO/.test(sql) ? { kind: 'hold request' } : { kind: 'pass' },
    );
    const job = startJob(ctx, 'backup', await table.order(), { CLICKHOUSE_URL: proxy.url });
    await proxy.treated();
    job.signal('SIGTERM');
    expect(await job.ended).toMatchObject({ code: 143, report: { exit: 'stopped' } });
    await proxy.close();
  });
});
