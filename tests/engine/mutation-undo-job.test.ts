import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickhouseProxy } from '../support/clickhouse-proxy';
import { type TestContext, testContext } from '../support/context';
import { backedUp, inAndAround, label, labelTable, runJob, startJob, undoOf } from '../support/labels';

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
    await runJob(ctx, 'delete', order);
    await table.insert([label({ agent_user_id: 'relabelled' }), label()]);
    const undo = await undoOf(ctx, table, order);
    const done = await runJob(ctx, 'undo', undo);
    expect(done.code, done.lines.join('\n')).toBe(0);
    expect(done.report?.numbers).toMatchObject({ rows: 2, deleted: 2 });
    expect(await table.rows()).toEqual(before);
    expect(await runJob(ctx, 'undo', undo)).toMatchObject({ code: 0, report: { numbers: { deleted: 0 } } });
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
});
