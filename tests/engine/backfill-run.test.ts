import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { jobLog } from '@/lib/backfill/job-log';
import type { RunView } from '@/lib/backfill/model';
import { workBackfills } from '@/lib/backfill/work-backfills';
import { listScans } from '@/lib/detection/list-scans';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { createLabels } from '@/lib/embedded/demo/sql/tables';
import { type TestContext, testContext } from '../support/context';
import { dayOfIncident, incidentOf, reached, start } from '../support/repair';

describe('a repair', () => {
  let ctx: TestContext;
  const stop = new AbortController();
  beforeAll(async () => {
    ctx = await testContext({ process: 'worker' });
    await workBackfills(ctx, stop.signal);
  });
  afterAll(async () => {
    stop.abort(new Error('the test is over'));
    await ctx?.close();
  });

  it('turns the incident’s day from 0 Active Days to 1, verified by counting', async () => {
    const customer = await incidentOf(ctx, { conversations: 1_204 });
    const runId = await start(ctx, dayOfIncident(customer));
    const run = await reached(ctx, runId, ['verified']);
    const [item] = run.items;
    expect(item?.evidence).toMatchObject({
      conversations: 1_204,
      labelRows: 1_204,
      backedUpRows: 1_204,
      deletedRows: 1_204,
      stale: 0,
      duplicates: 0,
      missing: 0,
      lost: 0,
      agentsWrong: 0,
    });
    expect(item?.steps.map((step) => [step.step, step.status])).toEqual(
      ['check', 'snapshot', 'backup', 'delete', 'mutation', 'relabel', 'verify'].map((step) => [step, 'done']),
    );
    expect(item?.gapMs).toBeGreaterThan(0);
    expect(run.startedAtMs, 'the run begins with its first day').toBeLessThanOrEqual(item?.startedAtMs ?? 0);
    const diff = await activeDaysDiff(ctx, {
      customerId: customer.id,
      fromDay: incidentDay,
      toDay: '2026-02-11',
      runId,
    });
    expect(diff.agents.filter((agent) => agent.verdict !== 'unchanged')).toEqual([
      { agent: 'Corinne Harmon', before: 0, expected: 1, after: 1, verdict: 'fixed' },
    ]);
    const log = await jobLog(ctx, { runId, itemId: item?.id ?? '', step: 'relabel' });
    expect(log).toMatchObject({ live: false, text: expect.stringContaining('1204') });
    const [scan] = await listScans(ctx, { customerId: customer.id });
    expect(scan).toMatchObject({ cause: 'after repair', fromDay: incidentDay, toDay: '2026-02-11' });
  });

  it('is taken within a second, and its first Job runs within two', async () => {
    // The machine is shared with other tests: one of three repairs must show what the worker can do.
    let best = { takenMs: Number.POSITIVE_INFINITY, firstJobMs: Number.POSITIVE_INFINITY };
    for (let tries = 0; tries < 3 && (best.takenMs >= 1_000 || best.firstJobMs >= 2_000); tries += 1) {
      const customer = await incidentOf(ctx, { conversations: 1_204 });
      const run = await reached(ctx, await start(ctx, dayOfIncident(customer)), ['verified']);
      const figures = figuresOf(run);
      console.info(`figures of the incident's day: ${JSON.stringify(figures)}`);
      if (figures.firstJobMs < best.firstJobMs) best = figures;
    }
    expect(best.takenMs).toBeLessThan(1_000);
    expect(best.firstJobMs).toBeLessThan(2_000);
  });

  it('needs no delete where the label key has no mutable column, and leaves no gap', async () => {
    const customer = await incidentOf(ctx);
    const labels = `${customer.database}.conversation_with_labels`;
    const sql = (query: string) => ctx.admin.client.command({ query });
    const names = {
      table: { database: customer.database, table: 'keyed' },
      key: 'conversation only',
      cluster: null,
    } as const;
    await ctx.admin.command(createLabels, { params: {}, names });
    await sql(`INSERT INTO ${customer.database}.keyed SELECT * FROM ${labels}`);
    await sql(`EXCHANGE TABLES ${labels} AND ${customer.database}.keyed`);
    const run = await reached(ctx, await start(ctx, dayOfIncident(customer)), ['verified']);
    const [item] = run.items;
    expect(run.strategy).toBe('relabel-only');
    expect(item).toMatchObject({ gapMs: null, evidence: { stale: 0, duplicates: 0, missing: 0, labelRows: 50 } });
    expect(item?.steps.map((step) => step.status)).toEqual([
      'done',
      'done',
      'skipped',
      'skipped',
      'skipped',
      'done',
      'done',
    ]);
  });
});

function figuresOf(run: RunView) {
  const [item] = run.items;
  const step = (name: string) => item?.steps.find((one) => one.step === name);
  const took = (name: string) => (step(name)?.endedAtMs ?? 0) - (step(name)?.startedAtMs ?? 0);
  const startedAtMs = item?.startedAtMs ?? 0;
  const endedAtMs = item?.endedAtMs ?? 0;
  return {
    takenMs: startedAtMs - run.createdAtMs,
    firstJobMs: (step('backup')?.startedAtMs ?? Number.POSITIVE_INFINITY) - run.createdAtMs,
    orchestrationMs: endedAtMs - startedAtMs - took('backup') - took('delete') - took('relabel'),
    totalMs: endedAtMs - run.createdAtMs,
  };
}
