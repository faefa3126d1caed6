import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { boundedHash } from '@/lib/backfill/plan/bounded-plan';
import type { Context } from '@/lib/context';
import { inLanes } from '@/lib/detection/judge/lanes';
import { storedJson } from '@/lib/text';
import { count } from '@/lib/words';
import { endPlanning, insertCampaignEvent, lockCampaign } from '../sql/campaigns';
import { placeCustomers, savePlanned, selectPlanned, selectUnplanned, updateBounds } from '../sql/customers';
import { boundedOf } from '../state/bounded-of';
import { boundsOf } from '../state/bounds';
import { wavesOf } from '../state/waves';
import { needsApproval } from './needs-approval';
import { planCustomer } from './plan-customer';

/** Customers that are planned at a time. */
const atOnce = 2;

/**
 * Plans what is left of a campaign: each customer is kept as soon as it is planned, so that a worker that is killed
 * loses the ones that it works on. The last step puts them into waves and takes the hash over all. Does nothing for a
 * campaign that is not being planned.
 */
export async function makeCampaignPlan(ctx: Context, campaignId: string, signal: AbortSignal): Promise<void> {
  const bounded = { ...ctx, clickhouse: ctx.clickhouse.within({ signal }) };
  const left = await ctx.db.query(selectUnplanned, { campaignId });
  await inLanes(
    left,
    async (of) => {
      signal.throwIfAborted();
      if (!(await isPlanning(ctx, campaignId))) return;
      const { plan, checks, sentence } = await planCustomer(bounded, of, signal);
      await ctx.db.query(savePlanned, {
        campaignId,
        customerId: of.customerId,
        plan: plan && storedJson(plan),
        checks: storedJson(checks),
        sentence,
      });
    },
    atOnce,
  );
  await finish(ctx, campaignId);
}

const isPlanning = async (ctx: Context, campaignId: string) =>
  (await ctx.db.query(selectUnplanned, { campaignId })).length > 0;

async function finish(ctx: Context, campaignId: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [campaign] = await tx.query(lockCampaign, { campaignId });
    if (campaign?.status !== 'planning') return;
    const found = await tx.query(selectPlanned, { campaignId });
    const bounds = boundsOf(
      found.map(({ customerId, plan }) => ({ customerId, rowsToDelete: plan.rowsToDelete })),
      campaign.request,
    );
    await tx.query(updateBounds, {
      campaignId,
      customerIds: found.map(({ customerId }) => customerId),
      rowsMost: found.map(({ customerId }) => bounds.get(customerId)?.rowsMost ?? null),
      sentences: found.map(({ customerId }) => bounds.get(customerId)?.leftOut ?? null),
    });
    const within = await tx.query(selectPlanned, { campaignId });
    const customers = wavesOf(within, campaign.request);
    await tx.query(placeCustomers, {
      campaignId,
      customerIds: customers.map(({ customerId }) => customerId),
      waves: customers.map(({ wave }) => wave),
    });
    const planHash = boundedHash(boundedOf({ ...campaign, customers }));
    const canary = customers[0]?.customerId ?? null;
    await tx.query(endPlanning, {
      campaignId,
      outcome: customers.length === 0 ? 'nothing to repair' : null,
      planHash,
      // The approval of a standing order covers what it makes within its limits.
      needsApproval: campaign.orderId === null && (await needsApproval(ctx, tx, customers)),
      canary,
    });
    const rows = customers.reduce((sum, { plan }) => sum + plan.rowsToDelete, 0);
    const text = `${count(customers.length, 'customer')} planned: ${count(rows, 'label row')} to delete.${canary === null ? '' : ` ${canary} is the canary.`}`;
    await tx.query(insertCampaignEvent, { campaignId, customerId: null, kind: 'planned', text });
    await recordAudit(tx, workerActor(campaignId), {
      action: 'campaign.planned',
      subject: campaignId,
      planHash,
      detail: { customers: customers.length, rowsToDelete: rows, canary },
    });
  });
}

/** The worker, acting for a campaign. */
export const workerActor = (campaignId: string): Actor => ({
  name: 'worker',
  role: 'operator',
  via: 'worker',
  requestId: campaignId,
});
