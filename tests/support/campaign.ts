import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { startCampaign } from '@/lib/campaigns/control/start-campaign';
import { planCampaign } from '@/lib/campaigns/plan/plan-campaign';
import { workCampaignPlans } from '@/lib/campaigns/plan/work-campaign-plans';
import { workCampaignStarts, workCampaigns } from '@/lib/campaigns/run/work-campaigns';
import type { CampaignStatus, CampaignView, PlanCampaign } from '@/lib/campaigns/state/campaign-model';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import type { Customer } from '@/lib/customers/model';
import { type TestContext, type TestContextOptions, testContext } from './context';
import { incidentOf, operator } from './repair';
import { until } from './until';

/** A context whose campaigns and repairs this process works on until it is closed. */
export async function campaigningContext(options: Omit<TestContextOptions, 'process'> = {}): Promise<TestContext> {
  const ctx = await testContext({ ...options, process: 'worker' });
  const stopped = await work(ctx);
  return {
    ...ctx,
    async close() {
      await stopped();
      await ctx.close();
    },
  };
}

/** Works on campaigns and repairs in this process until the returned function is called. */
export async function work(ctx: TestContext): Promise<() => Promise<void>> {
  const stop = new AbortController();
  for (const begin of [workBackfills, workCampaignPlans, workCampaignStarts]) await begin(ctx, stop.signal);
  const ticks = workCampaigns(ctx, stop.signal);
  return async () => {
    stop.abort(new Error('the test is over'));
    await ticks;
  };
}

/** New customers in a campaign's order, each with only the incident's day: 17 stale of 22 conversations. */
export async function smallCustomers(ctx: TestContext, count: number): Promise<Customer[]> {
  const customers: Customer[] = [];
  for (let at = 0; at < count; at += 1) customers.push(await incidentOf(ctx, { conversations: 22 }));
  return customers.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The request for the incident's day of these customers. */
export const campaignOf = (customers: readonly { id: string }[], more: Partial<PlanCampaign> = {}): PlanCampaign => ({
  filter: { by: 'name', customerIds: customers.map(({ id }) => id) },
  fromDay: '2026-02-10',
  toDay: '2026-02-11',
  ...more,
});

/** Waits until the campaign has one of the statuses. */
export const campaignIs = (
  ctx: TestContext,
  campaignId: string,
  ...statuses: CampaignStatus[]
): Promise<CampaignView> =>
  until(
    `the campaign is ${statuses.join(' or ')}`,
    async () => {
      const { rows } = await ctx.db.pool.query('SELECT status FROM campaigns WHERE id = $1', [campaignId]);
      return statuses.includes(rows[0]?.status) && getCampaign(ctx, campaignId);
    },
    { withinMs: 240_000, everyMs: 200 },
  );

export async function planned(ctx: TestContext, request: PlanCampaign): Promise<CampaignView> {
  const { campaignId } = await planCampaign(ctx, request, operator);
  return campaignIs(ctx, campaignId, 'planned', 'ended');
}

export async function started(ctx: TestContext, campaign: CampaignView): Promise<CampaignView> {
  const { id: campaignId, planHash } = campaign;
  await startCampaign(ctx, { campaignId, planHash: planHash ?? '', reason: 'CONVI-6242' }, operator);
  return campaign;
}

/** The status of each customer of a campaign, in its order. */
export async function statusesOf(ctx: TestContext, campaignId: string): Promise<string[]> {
  const { rows } = await ctx.db.pool.query(
    'SELECT status FROM campaign_customers WHERE campaign_id = $1 ORDER BY wave, seq',
    [campaignId],
  );
  return rows.map(({ status }) => status);
}

/** The runs of some customers, oldest first. */
export async function runsOf(ctx: TestContext, customers: readonly { id: string }[]) {
  const { rows } = await ctx.db.pool.query(
    'SELECT id, customer_id, status, campaign_id FROM backfill_runs WHERE customer_id = ANY ($1) ORDER BY created_at',
    [customers.map(({ id }) => id)],
  );
  return rows as { id: string; customer_id: string; status: string; campaign_id: string | null }[];
}
