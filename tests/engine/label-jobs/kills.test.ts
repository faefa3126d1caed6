import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobOrder } from '@/lib/label-store/model';
import { clickhouseProxy, type Treatment } from '../../support/clickhouse-proxy';
import { type TestContext, testContext } from '../../support/context';
import {
  deleteAndWait,
  inAndAround,
  type LabelTable,
  labelTable,
  orderedTable,
  runJob,
  startJob,
  tagged,
  waitingDelete,
} from '../../support/labels';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

describe('a delete Job that is killed with SIGKILL', () => {
  const through = async (treatment: Treatment) => {
    const { table, order } = await orderedTable(ctx);
    const proxy = await clickhouseProxy(ctx.config.clickhouse.url, (sql) =>
      /ALTER TABLE/.test(sql) ? treatment : { kind: 'pass' },
    );
    return { table, order, proxy, job: startJob(ctx, 'delete', order, { CLICKHOUSE_URL: proxy.url }) };
  };
  const again = async (table: LabelTable, order: JobOrder) => {
    const done = await deleteAndWait(ctx, table, order);
    expect(done.code, done.lines.join('\n')).toBe(0);
    expect(await tagged(table, 'slc:')).toHaveLength(1);
    expect(await table.rows()).toHaveLength(4);
    return done.lines.join('\n');
  };

  it('before it submits deletes nothing, and the next one submits once', async () => {
    const { table, order, proxy, job } = await through({ kind: 'hold request' });
    await proxy.treated();
    job.signal('SIGKILL');
    await job.ended;
    await proxy.close();
    expect(await tagged(table, 'slc:')).toEqual([]);
    expect(await table.rows()).toHaveLength(6);
    expect(await again(table, order)).toContain('Submitting the delete');
  });

  it('between the submission and its answer is not submitted again', async () => {
    const { table, order, proxy, job } = await through({ kind: 'hold answer' });
    await proxy.treated();
    job.signal('SIGKILL');
    await job.ended;
    await proxy.close();
    const said = await again(table, order);
    expect(said).toContain('was submitted before');
    expect(said).not.toContain('Submitting');
  });

  it('after it submitted leaves nothing to do: the next one ends at once, while the mutation still runs', async () => {
    const { table, order, goOn } = await waitingDelete(ctx);
    const next = await runJob(ctx, 'delete', order);
    expect(next, next.lines.join('\n')).toMatchObject({ code: 0, report: { numbers: { submitted: 0 } } });
    expect(next.lines.join('\n')).toContain('was submitted before');
    expect(await table.rows()).toHaveLength(6);
    await goOn();
    expect(await tagged(table, 'slc:')).toHaveLength(1);
    expect(await table.rows()).toHaveLength(4);
  });

  it('after it was done finds nothing left to do', async () => {
    const { table, order } = await orderedTable(ctx);
    await deleteAndWait(ctx, table, order);
    expect(await again(table, order)).toContain('was submitted before');
  });
});

describe('a delete Job whose answer is unclear', () => {
  const cases: [string, Treatment, { code: number; rows: number; mutations: number }][] = [
    ['was cut off', { kind: 'cut answer' }, { code: 0, rows: 4, mutations: 1 }],
    [
      'was 159 after it was accepted',
      { kind: 'answer', forward: true, status: 500, code: 159, text: 'timeout exceeded' },
      { code: 0, rows: 4, mutations: 1 },
    ],
    [
      'was 341 after it was accepted',
      { kind: 'answer', forward: true, status: 500, code: 341, text: 'unfinished' },
      { code: 0, rows: 4, mutations: 1 },
    ],
    ['never reached the server', { kind: 'cut request' }, { code: 4, rows: 6, mutations: 0 }],
    [
      'was a plain refusal',
      { kind: 'answer', forward: false, status: 403, code: 497, text: 'access denied' },
      { code: 1, rows: 6, mutations: 0 },
    ],
  ];
  it.each(cases)('that %s looks for its tag and never submits twice', async (_, treatment, expected) => {
    const { table, order } = await orderedTable(ctx);
    let submissions = 0;
    const proxy = await clickhouseProxy(ctx.config.clickhouse.url, (sql) => {
      if (!/ALTER TABLE/.test(sql)) return { kind: 'pass' };
      submissions += 1;
      return treatment;
    });
    const done = await deleteAndWait(ctx, table, order, { CLICKHOUSE_URL: proxy.url });
    await proxy.close();
    expect(done.code, done.lines.join('\n')).toBe(expected.code);
    expect(submissions).toBe(1);
    expect(await tagged(table, 'slc:')).toHaveLength(expected.mutations);
    expect(await table.rows()).toHaveLength(expected.rows);
  });

  it('because nothing listens says that nothing was changed', async () => {
    const table = await labelTable(ctx);
    await table.insert(inAndAround());
    const done = await runJob(ctx, 'delete', await table.order(), { CLICKHOUSE_URL: 'http://127.0.0.1:9' });
    expect(done).toMatchObject({ code: 7, report: { exit: 'engineUnavailable' } });
  });
});
