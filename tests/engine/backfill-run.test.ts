import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { getRun } from '@/lib/backfill/get-run';
import { jobLog } from '@/lib/backfill/job-log';
import { workBackfills } from '@/lib/backfill/work-backfills';
import { incidentDay } from '@/lib/embedded/demo/incident';
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
    const diff = await activeDaysDiff(ctx, { customerId: customer.id, fromDay: incidentDay, toDay: '2026-02-11', runId });
    expect(diff.agents.filter((agent) => agent.verdict !== 'unchanged')).toEqual([
      { agent: 'Corinne Harmon', before: 0, expected: 1, after: 1, verdict: 'fixed' },
    ]);
    const log = await jobLog(ctx, { runId, itemId: item?.id ?? '', step: 'relabel' });
    expect(log).toMatchObject({ live: false, text: expect.stringContaining('1204') });
    console.log(JSON.stringify(item?.steps.map((s) => [s.step, (s.endedAtMs ?? 0) - (s.startedAtMs ?? 0), s.startedAtMs! - run.createdAtMs, s.sentence])), (await getRun(ctx, runId)).next);
  });
});
