import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlCampaign } from '@/lib/campaigns/control/control-campaign';
import { startCampaign } from '@/lib/campaigns/control/start-campaign';
import { makeCampaignPlan } from '@/lib/campaigns/plan/make-campaign-plan';
import { planCampaign } from '@/lib/campaigns/plan/plan-campaign';
import { reportMarkdown } from '@/lib/campaigns/state/report-markdown-model';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import { listCampaigns } from '@/lib/campaigns/view/list-campaigns';
import { reportCampaign } from '@/lib/campaigns/view/report-campaign';
import type { Customer } from '@/lib/customers/model';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { type TestContext, testContext } from '../../support/context';
import { incidentOf, operator } from '../../support/repair';

const range = { fromDay: '2026-02-10', toDay: '2026-02-11' };
const never = new AbortController().signal;

describe('planning a campaign', () => {
  let ctx: TestContext;
  let customers: Customer[];
  beforeAll(async () => {
    ctx = await testContext();
    customers = [];
    for (const conversations of [60, 50, 70]) customers.push(await incidentOf(ctx, { conversations }));
  });
  afterAll(() => ctx?.close());

  const byName = (some: Customer[]) => ({ by: 'name' as const, customerIds: some.map(({ id }) => id) });

  it('plans each customer, with the fewest rows as the canary, bounds and one hash', async () => {
    const { campaignId } = await planCampaign(ctx, { ...range, filter: byName(customers), waves: [1] }, operator);
    expect(await getCampaign(ctx, campaignId)).toMatchObject({ status: 'planning', planned: { done: 0, of: 3 } });
    await makeCampaignPlan(ctx, campaignId, never);
    const campaign = await getCampaign(ctx, campaignId);
    expect(campaign).toMatchObject({ status: 'planned', planned: null, needsApproval: false, sums: { customers: 3 } });
    expect(campaign.planHash).toMatch(/^[0-9a-f]{64}$/);
    expect(campaign.customers.map(({ wave }) => wave)).toEqual([0, 1, 2]);
    expect(campaign.canary).toBe(campaign.customers[0]?.customerId);
    expect((await listCampaigns(ctx))[0]).toMatchObject({ id: campaignId, counts: { waiting: 3 } });
    expect(reportMarkdown(await reportCampaign(ctx, campaignId))).toContain('| Customers verified | 0 |');
    const planHash = campaign.planHash ?? '';
    await startCampaign(ctx, { campaignId, planHash, reason: 'test' }, operator);
    await controlCampaign(ctx, { campaignId, control: 'pause', reason: 'to look' }, operator);
    await controlCampaign(ctx, { campaignId, control: 'resume', reason: 'looked' }, operator);
    await controlCampaign(ctx, { campaignId, control: 'stop', reason: 'enough' }, operator);
    expect(await getCampaign(ctx, campaignId)).toMatchObject({ status: 'stopping' });
  });

  it('finds affected customers and flags in scans, and names the customers that no scan looked at', async () => {
    const all = { ...range, filter: { by: 'all affected' as const } };
    await expect(planCampaign(ctx, all, operator)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('No scan has looked at'),
    });
    const [scanned, other] = customers as [Customer, Customer];
    const { scanId } = await requestScan(ctx, { customerId: scanned.id, ...range }, operator);
    await runScan(ctx, scanId, never);
    const orphans = { ...range, filter: { by: 'flag' as const, flags: ['orphan' as const] } };
    await expect(planCampaign(ctx, orphans, operator)).rejects.toMatchObject({ code: 'refused' });
    for (const request of [all, { ...range, filter: { by: 'flag' as const, flags: ['wrongAgent' as const] } }]) {
      const { campaignId } = await planCampaign(ctx, request, operator);
      expect(await getCampaign(ctx, campaignId)).toMatchObject({ planned: { done: 2, of: 3 } });
      const leftOut = await getCampaign(ctx, campaignId, { show: 'left out' });
      expect(leftOut.customers.map(({ customerId }) => customerId)).toContain(other.id);
      expect(leftOut.customers[0]?.sentence).toMatch(/^No scan has looked at it in this range/);
    }
    await expect(planCampaign(ctx, { ...all, canary: other.id }, operator)).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('leaves out with the reason who cannot be repaired, and plans the others', async () => {
    const [repaired, broken, fine] = customers as [Customer, Customer, Customer];
    const nothing = { fromDay: '2026-02-11', toDay: '2026-02-12' };
    await ctx.admin.client.command({ query: `DROP TABLE ${broken.database}.conversation_with_labels_d SYNC` });
    const { campaignId } = await planCampaign(ctx, { ...range, filter: byName([broken, fine]) }, operator);
    await makeCampaignPlan(ctx, campaignId, never);
    expect(await getCampaign(ctx, campaignId)).toMatchObject({ status: 'planned', sums: { customers: 1 } });
    const [left] = (await getCampaign(ctx, campaignId, { show: 'left out' })).customers;
    expect(left).toMatchObject({ customerId: broken.id, status: 'left out', wave: null });
    expect(left?.sentence).toMatch(/^It could not be planned\. /);

    const empty = await planCampaign(ctx, { ...nothing, filter: byName([repaired]) }, operator);
    await makeCampaignPlan(ctx, empty.campaignId, never);
    expect(await getCampaign(ctx, empty.campaignId)).toMatchObject({
      status: 'ended',
      outcome: 'nothing to repair',
      counts: { 'left out': 1 },
    });
  });
});
