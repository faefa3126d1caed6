import { expect, it } from 'vitest';
import { controlCampaign } from '@/lib/campaigns/control/control-campaign';
import { planCampaign } from '@/lib/campaigns/plan/plan-campaign';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import { scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { campaignIs, campaignOf, runsOf, smallCustomers, started, statusesOf } from '../../support/campaign';
import { testContext } from '../../support/context';
import { killJobs, missHeartbeats, spawnWorker } from '../../support/kill';
import { operator } from '../../support/repair';
import { until } from '../../support/until';

it('workers killed with SIGKILL in planning, canary, wave and hold, and their Jobs, start one run of each customer and lose none', {
  timeout: 600_000,
}, async ({ onTestFinished }) => {
  const ctx = await testContext({ process: 'worker' });
  const workers: ReturnType<typeof spawnWorker>[] = [];
  onTestFinished(async () => {
    for (const worker of workers) worker.kill();
    await ctx.close();
  });
  const worker = () => {
    const spawned = spawnWorker(ctx);
    workers.push(spawned);
    return spawned;
  };
  /** A worker that is killed as soon as `when` is true. */
  const dies = async (what: string, when: () => Promise<boolean>) => {
    const { child, ended } = worker();
    await until(what, when, { withinMs: 120_000, everyMs: 20 });
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    await missHeartbeats(ctx);
  };
  const customers = await smallCustomers(ctx, 4);
  const { campaignId } = await planCampaign(ctx, campaignOf(customers, { waves: [3], concurrency: 2 }), operator);
  const has = async (status: string, least: number) =>
    (await statusesOf(ctx, campaignId)).filter((one) => one === status).length >= least;

  await dies('a customer is planned', async () => ((await getCampaign(ctx, campaignId)).planned?.done ?? 0) > 0);
  const kept = (await getCampaign(ctx, campaignId)).planned?.done;
  expect(kept).toBeGreaterThan(0);
  const second = worker();
  const campaign = await campaignIs(ctx, campaignId, 'planned');
  expect(campaign.counts.waiting).toBe(4);
  second.child.kill('SIGKILL');
  await second.ended;
  await missHeartbeats(ctx);

  await started(ctx, campaign);
  await dies('the canary is planned again', () => has('starting', 1));
  await dies('the canary runs', () => has('running', 1));
  await dies('the canary is verified and the wave begins', () => has('starting', 1));
  await dies('the wave runs', () => has('running', 2));

  const hold = (control: 'pause' | 'resume') =>
    controlCampaign(ctx, { campaignId, control, reason: 'only a test' }, operator);
  await hold('pause');
  await dies('the runs under way are paused', async () => {
    const runs = await ctx.db.pool.query(
      `SELECT FROM backfill_runs WHERE campaign_id = $1 AND status IN ('queued', 'running') AND pause IS NULL`,
      [campaignId],
    );
    return runs.rows.length === 0;
  });
  // The last customer has no run: it waits, or is planned ahead.
  expect((await has('waiting', 1)) || (await has('starting', 1))).toBe(true);
  await hold('resume');
  const last = worker();
  const killed = new Set<string>();
  await until('a relabel Job of the wave is killed', () => killJobs(ctx, 'relabel', killed), { everyMs: 20 });
  const ended = await campaignIs(ctx, campaignId, 'ended');
  expect(ended).toMatchObject({ outcome: 'all verified', counts: { verified: 4 } });
  last.child.kill('SIGTERM');

  const runs = await runsOf(ctx, customers);
  expect(runs.map((run) => [run.status, run.campaign_id])).toEqual(Array(4).fill(['verified', campaignId]));
  expect(new Set(runs.map((run) => run.customer_id)).size).toBe(4);
  for (const customer of customers) {
    const tables = await readTables(ctx, customer);
    const { days } = await classifyScope(ctx, scopeOf(customer, '2026-02-10', '2026-02-11'), { tables });
    expect(days[0]).toMatchObject({ conversations: 22, affected: 0 });
  }
});
