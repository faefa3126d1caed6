import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/model';
import { cancelPlan } from '@/lib/backfill/plan/cancel-plan';
import { getPlan } from '@/lib/backfill/plan/get-plan';
import type { PlanProgress } from '@/lib/backfill/plan/plan-request-model';
import { requestPlan } from '@/lib/backfill/plan/request-plan';
import { runPlan } from '@/lib/backfill/plan/run-plan';
import { workPlans } from '@/lib/backfill/plan/work-plans';
import { ClickHouse } from '@/lib/clickhouse/client';
import type { Customer } from '@/lib/customers/model';
import { requestScanFor } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { clickhouseProxy } from '../../support/clickhouse-proxy';
import { type TestContext, testContext } from '../../support/context';
import { dayOfIncident, incidentOf, operator } from '../../support/repair';
import { until } from '../../support/until';

describe('a preview that the worker makes', () => {
  let ctx: TestContext;
  let customer: Customer;
  const never = new AbortController().signal;
  const ask = (more: object = {}, actor: Actor = operator) =>
    requestPlan(ctx, { kind: 'backfill', ...dayOfIncident(customer), ...more }, actor).then(({ planId }) => planId);
  const ended = (planId: string, statuses: PlanProgress['status'][] = ['done', 'failed', 'cancelled']) =>
    until(`preview ${planId} is ${statuses.join(' or ')}`, async () => {
      const progress = await getPlan(ctx, planId);
      return statuses.includes(progress.status) ? progress : null;
    });

  beforeAll(async () => {
    ctx = await testContext();
    customer = await incidentOf(ctx, {
      change: ({ blocks: [block] }) => {
        block?.days.push('2026-02-11');
        block?.counts.push(30);
        for (const faults of Object.values(block?.faults ?? {})) faults.push(0);
      },
    });
  });
  afterAll(() => ctx?.close());

  it('is one for all who ask for the same, and ends with the plan', async () => {
    const planId = await ask();
    expect(await ask({}, { ...operator, name: 'paul' })).toBe(planId);
    expect(await ask({ strategy: 'no-gap' })).not.toBe(planId);
    expect(await getPlan(ctx, planId)).toMatchObject({ status: 'queued', step: null, plan: null });
    const stop = new AbortController();
    await workPlans(ctx, stop.signal);
    const progress = await ended(planId);
    expect(progress).toMatchObject({ status: 'done', step: 'active days', failure: null });
    expect(progress.plan).toMatchObject({ customerId: customer.id, units: [{ skip: null, rowsToDelete: 50 }] });
    expect(await ended(await ask())).toMatchObject({ status: 'done', plan: { hash: progress.plan?.hash } });
    stop.abort();
  });

  it('of an unknown customer or run, or of too many days, is refused or ends with the sentence', async () => {
    await expect(ask({ customerId: 'nobody' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(ask({ toDay: '2036-02-12' })).rejects.toMatchObject({ code: 'invalid_input' });
    const { planId } = await requestPlan(ctx, { kind: 'undo', runId: randomUUID() }, operator);
    await runPlan(ctx, planId, never);
    expect(await getPlan(ctx, planId)).toMatchObject({
      status: 'failed',
      failure: { code: 'not_found', message: expect.stringContaining('nothing to undo') },
    });
    await expect(getPlan(ctx, randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is limited to five at a time for a person, of whom others need not wait', async () => {
    const busy = { ...operator, name: 'busy', subject: 'busy' };
    const days = ['2026-02-03', '2026-02-04', '2026-02-05', '2026-02-06', '2026-02-07'];
    const ids = await Promise.all(days.map((fromDay) => ask({ fromDay }, busy)));
    await expect(ask({ fromDay: '2026-02-08' }, busy)).rejects.toMatchObject({ code: 'limit' });
    expect(await ask({ fromDay: '2026-02-08' })).toBeTruthy();
    await cancelPlan(ctx, { planId: ids[0] ?? '' });
    expect(await getPlan(ctx, ids[0] ?? '')).toMatchObject({ status: 'cancelled' });
    expect(await ask({ fromDay: '2026-02-09' }, busy)).toBeTruthy();
  });

  /** A preview whose classification waits at the engine's door. */
  async function heldAtTheEngine(work: (held: TestContext, planId: string) => Promise<void>, silent = false) {
    let pings = 0;
    const proxy = await clickhouseProxy(ctx.config.clickhouse.url, (sql, _user, name) => {
      if (name.startsWith('slc:detection.')) return { kind: 'hold request' };
      if (!sql.startsWith("SELECT 'ping'")) return { kind: 'pass' };
      pings += 1;
      return silent ? { kind: 'hold request' } : { kind: 'pass' };
    });
    const clickhouse = new ClickHouse({ url: proxy.url, user: ctx.config.clickhouse.users.reader, log: ctx.log });
    const planId = await ask();
    await work({ ...ctx, clickhouse }, planId);
    await clickhouse.close();
    await proxy.close();
    return { planId, pings };
  }

  it('is cancelled while the engine works on it', async () => {
    const { planId } = await heldAtTheEngine(async (held, id) => {
      const running = runPlan(held, id, never);
      await ended(id, ['running']);
      await cancelPlan(ctx, { planId: id });
      await running;
    });
    expect(await getPlan(ctx, planId)).toMatchObject({ status: 'cancelled', plan: null, failure: null });
  });

  it('ends when nobody looks at it for three minutes', async () => {
    const { planId } = await heldAtTheEngine(async (held, id) => {
      await ctx.db.pool.query("UPDATE plan_requests SET looked_at = now() - interval '179 seconds' WHERE id = $1", [
        id,
      ]);
      await runPlan(held, id, never);
    });
    expect(await getPlan(ctx, planId)).toMatchObject({ status: 'cancelled' });
  });

  it('fails within ten seconds or so where the engine is silent', async () => {
    const { planId, pings } = await heldAtTheEngine((held, id) => runPlan(held, id, never), true);
    expect(pings).toBeGreaterThan(0);
    expect(await getPlan(ctx, planId)).toMatchObject({
      status: 'failed',
      failure: { code: 'unavailable', message: expect.stringContaining('ClickHouse') },
    });
  });

  it('is made by another worker where one was stopped', async () => {
    const { planId } = await heldAtTheEngine(async (held, id) => {
      const stop = new AbortController();
      const running = runPlan(held, id, stop.signal);
      await ended(id, ['running']);
      stop.abort(new Error('SIGTERM'));
      await expect(running).rejects.toThrow('SIGTERM');
    });
    expect(await getPlan(ctx, planId)).toMatchObject({ status: 'running' });
    await runPlan(ctx, planId, never);
    expect(await getPlan(ctx, planId)).toMatchObject({ status: 'done', plan: { units: [{ rowsToDelete: 50 }] } });
  });

  it('takes days that a scan just found right from the scan, and counts every day where it is told to', async () => {
    const range = { fromDay: '2026-02-10', toDay: '2026-02-12' };
    const { scanId } = await requestScanFor(ctx, {
      customerId: customer.id,
      ...range,
      cause: 'schedule',
      requestedBy: 'tests',
    });
    await runScan(ctx, scanId, never);
    const skipsAfter = async (minutes: number, recount: boolean) => {
      const clock = { now: () => Date.now() + minutes * 60_000 };
      const planId = await ask({ ...range, recount });
      await runPlan({ ...ctx, clock }, planId, never);
      return (await getPlan(ctx, planId)).plan?.units.map((day) => day.skip);
    };
    const unaffected = 'No conversation of the day is affected.';
    expect(await skipsAfter(0, false)).toEqual([null, unaffected]);
    expect(await skipsAfter(5, false)).toEqual([
      null,
      'No conversation of the day was affected when it was last counted, 5 minutes ago.',
    ]);
    expect(await skipsAfter(5, true)).toEqual([null, unaffected]);
    expect(await skipsAfter(20, false)).toEqual([null, unaffected]);
  });
});
