import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { liftStop, stopEverything } from '@/lib/backfill/control/stop-everything';
import { workCampaignPlans } from '@/lib/campaigns/plan/work-campaign-plans';
import { startCustomer } from '@/lib/campaigns/run/start-customer';
import { tickCampaign } from '@/lib/campaigns/run/tick-campaign';
import type { Customer } from '@/lib/customers/model';
import { campaignOf, planned, runsOf, smallCustomers, started, statusesOf } from '../../support/campaign';
import { type TestContext, testContext } from '../../support/context';
import { operator } from '../../support/repair';

describe('a customer that is planned ahead, while no tick comes', () => {
  const never = new AbortController();
  let ctx: TestContext;
  let customers: Customer[];
  let campaignId: string;
  /** The customers of the wave, in their order: the first has a run under way, the second waits for its place. */
  let ids: [string, string];
  let ahead: Promise<void>;
  beforeAll(async () => {
    ctx = await testContext({ process: 'worker' });
    await workCampaignPlans(ctx, never.signal);
    customers = await smallCustomers(ctx, 3);
  });
  afterAll(async () => {
    never.abort(new Error('the test is over'));
    await ctx?.close();
  });
  beforeEach(async () => {
    await ctx.db.pool.query("UPDATE backfill_runs SET status = 'closed'");
    const campaign = await planned(ctx, campaignOf(customers, { waves: [2], concurrency: 1 }));
    await started(ctx, campaign);
    campaignId = campaign.id;
    ids = campaign.customers.slice(1).map((one) => one.customerId) as [string, string];
    await setStatus(campaign.canary ?? '', 'verified');
    await tickCampaign(ctx, campaignId);
    expect(await statuses()).toEqual(['starting', 'starting']);
    await start(ids[0]);
    expect(await statuses()).toEqual(['running', 'starting']);
    ahead = start(ids[1]);
  });
  const statuses = async () => (await statusesOf(ctx, campaignId)).slice(1);
  const start = (customerId: string) => startCustomer(ctx, { campaignId, customerId }, never.signal);
  const setStatus = (customerId: string, status: string) =>
    ctx.db.pool.query('UPDATE campaign_customers SET status = $3 WHERE campaign_id = $1 AND customer_id = $2', [
      campaignId,
      customerId,
      status,
    ]);
  const runIs = (status: string) =>
    ctx.db.pool.query('UPDATE backfill_runs SET status = $2 WHERE campaign_id = $1', [campaignId, status]);
  const own = async () => (await runsOf(ctx, [{ id: ids[1] }])).filter((run) => run.campaign_id === campaignId);

  it('does not begin after the run before it spent the failure budget', async () => {
    await runIs('needs attention');
    await ahead;
    expect(await own()).toEqual([]);
    expect(await statuses()).toEqual(['running', 'waiting']);
    await tickCampaign(ctx, campaignId);
    expect(await statuses()).toEqual(['needs attention', 'not begun']);
  });

  it('gives the place of its worker back after a minute, and is sent again while a run is going on, also where that call was lost', {
    timeout: 180_000,
  }, async () => {
    await ahead;
    expect(await statuses()).toEqual(['running', 'waiting']);
    const pause = JSON.stringify({ cause: 'person', by: 'olga', reason: 'to look', atMs: 1 });
    const paused = (is: string | null) =>
      ctx.db.pool.query('UPDATE backfill_runs SET pause = $2 WHERE campaign_id = $1', [campaignId, is]);
    await paused(pause);
    await tickCampaign(ctx, campaignId);
    expect(await statuses()).toEqual(['running', 'waiting']);
    await paused(null);
    const calls = async () => {
      await ctx.db.pool.query("DELETE FROM pgboss.job WHERE name = 'campaign-starts'");
      await tickCampaign(ctx, campaignId);
      const { rows } = await ctx.db.pool.query("SELECT data FROM pgboss.job WHERE name = 'campaign-starts'");
      return rows.map(({ data }) => data.customerId);
    };
    expect(await calls()).toEqual([ids[1]]);
    expect(await calls()).toEqual([]);
    await ctx.db.pool.query('UPDATE campaign_customers SET not_before = now() WHERE campaign_id = $1', [campaignId]);
    expect(await calls()).toEqual([ids[1]]);
  });

  it('waits where everything is stopped at that moment, and begins after the lift', async () => {
    await stopEverything(ctx, { reason: 'only a test' }, operator);
    await runIs('verified');
    await ahead;
    expect(await own()).toEqual([]);
    expect(await statuses()).toEqual(['running', 'waiting']);
    await liftStop(ctx, { reason: 'only a test' }, operator);
    await tickCampaign(ctx, campaignId);
    await start(ids[1]);
    expect(await own()).toHaveLength(1);
  });
});
