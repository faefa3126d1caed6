import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { getRun } from '@/lib/backfill/view/get-run';
import { requestCampaignApproval, startCampaign } from '@/lib/campaigns/control/start-campaign';
import type { CampaignView } from '@/lib/campaigns/state/campaign-model';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import type { Customer } from '@/lib/customers/model';
import {
  campaignIs,
  campaigningContext,
  campaignOf,
  planned,
  runsOf,
  smallCustomers,
  started,
  statusesOf,
} from '../../support/campaign';
import type { TestContext } from '../../support/context';
import { labelRowsOf, operator } from '../../support/repair';
import { ann } from '../approvals/asking';

describe('the approval of a campaign', () => {
  let ctx: TestContext;
  let customers: Customer[];
  beforeAll(async () => {
    ctx = await campaigningContext({ env: { SLC_APPROVAL_ROWS: '30' } });
    customers = await smallCustomers(ctx, 4);
  });
  afterAll(() => ctx?.close());

  const approve = async (campaign: CampaignView) => {
    const planHash = campaign.planHash ?? '';
    const input = { campaignId: campaign.id, planHash, reason: 'CONVI-6242' };
    await expect(startCampaign(ctx, input, operator)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('second person'),
    });
    const { approvalId } = await requestCampaignApproval(ctx, input, operator);
    await decideApproval(ctx, { approvalId, planHash, decision: 'approve', reason: 'looked at it' }, ann);
    return approvalId;
  };
  const byId = (id: string) => customers.find((one) => one.id === id) as Customer;
  /** Makes more conversations of the incident's day stale than the bound allows. */
  const grow = ({ database }: Customer) =>
    ctx.admin.client.command({
      query: `INSERT INTO ${database}.conversation_with_labels SELECT * REPLACE ('Nobody' AS agent_user_id)
        FROM ${database}.conversation_with_labels`,
    });

  it('covers its runs, and no customer whose plan grew: that one is set aside with what changed', async () => {
    const campaign = await planned(ctx, campaignOf(customers.slice(0, 2), { failureBudget: 1 }));
    expect(campaign).toMatchObject({ needsApproval: true, rowsMost: 42, sums: { rowsToDelete: 34 } });
    const [canary, other] = campaign.customers.map(({ customerId }) => byId(customerId)) as [Customer, Customer];
    await grow(other);
    const before = await labelRowsOf(ctx, other);
    await approve(campaign);
    await started(ctx, campaign);
    expect(await campaignIs(ctx, campaign.id, 'ended')).toMatchObject({
      outcome: 'some set aside',
      approval: { state: 'used', usedBy: campaign.id },
    });
    expect(await statusesOf(ctx, campaign.id)).toEqual(['verified', 'set aside']);
    const set = (await getCampaign(ctx, campaign.id)).customers.find(({ customerId }) => customerId === other.id);
    expect(set?.sentence).toMatch(/would be deleted now; 17 were planned, and at most 21 may be/);
    expect(await runsOf(ctx, [other])).toEqual([]);
    expect(await labelRowsOf(ctx, other)).toEqual(before);
    const [run] = await runsOf(ctx, [canary]);
    const view = await getRun(ctx, run?.id ?? '');
    expect(view.approval).toMatchObject({ decidedBy: 'ann', usedBy: campaign.id });
  });

  it('is not believed where somebody changed the approved bounds in the database', async () => {
    const campaign = await planned(ctx, campaignOf(customers.slice(2)));
    const approvalId = await approve(campaign);
    await ctx.db.pool.query(
      `UPDATE approvals SET plan = jsonb_set(plan, '{customers,0,rowsMost}', '99999') WHERE id = $1`,
      [approvalId],
    );
    await started(ctx, campaign);
    expect(await campaignIs(ctx, campaign.id, 'ended')).toMatchObject({ outcome: 'stopped' });
    const [run] = await runsOf(ctx, customers.slice(2));
    const view = await getRun(ctx, run?.id ?? '');
    expect(view.stopped?.failure).toContain('not the one that its hash is of, so nothing is deleted');
  });
});
