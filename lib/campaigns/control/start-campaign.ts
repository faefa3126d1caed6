import { requestApproval } from '@/lib/approvals/request-approval';
import { spendApproval } from '@/lib/approvals/spend-approval';
import type { StartApproved } from '@/lib/approvals/start-approved';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { boundedHash } from '@/lib/backfill/plan/bounded-plan';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { Transaction } from '@/lib/postgres/client';
import { count, formatNumber } from '@/lib/words';
import { needsApproval } from '../plan/needs-approval';
import { insertCampaignEvent, lockCampaign, updateStarted } from '../sql/campaigns';
import { selectPlanned } from '../sql/customers';
import { boundedOf } from '../state/bounded-of';
import { StartCampaign } from '../state/campaign-model';

/**
 * Starts exactly the planned campaign; the worker begins with its canary within seconds. Throws AppError('not_found'),
 * 'conflict' where it is not planned or has started, 'refused' where the plan is another one than the person saw or a
 * second person must approve it first. With `isApproved` it uses the approval, whether the plan still needs one or not.
 */
export async function startCampaign(
  ctx: Context,
  input: StartCampaign,
  actor: Actor,
  { isApproved = false } = {},
): Promise<{ campaignId: string }> {
  const { campaignId, planHash, reason } = StartCampaign.parse(input);
  await ctx.db.transaction(async (tx) => {
    const found = await toStart(ctx, tx, { campaignId, planHash });
    const { campaign, plan } = found;
    const needs = found.needs || isApproved;
    if (campaign.orderId !== null && actor.via !== 'worker')
      throw new AppError('refused', 'The standing order that made this campaign starts it by itself.');
    if (needs)
      await spendApproval(
        tx,
        { kind: 'campaign', planHash, confirmed: campaign.request.confirmed, usedBy: campaignId },
        actor,
      );
    await tx.query(updateStarted, { campaignId, startedBy: actor.name, reason, needsApproval: needs });
    const text = `${actor.name} started it: ${count(plan.customers.length, 'customer')}.`;
    await tx.query(insertCampaignEvent, { campaignId, customerId: null, kind: 'started', text });
    await recordAudit(tx, actor, {
      action: 'campaign.start',
      subject: campaignId,
      planHash,
      fromDay: campaign.request.fromDay,
      toDay: campaign.request.toDay,
      reason: reason || undefined,
      detail: { customers: plan.customers.length, ...sumsOf(plan.customers) },
    });
  });
  return { campaignId };
}

/** Starts the campaign of an approval, as `startCampaign` does. */
export const startApprovedCampaign: StartApproved = (ctx, { subject, planHash, reason }, actor) =>
  startCampaign(ctx, { campaignId: subject, planHash, reason }, actor, { isApproved: true });

/**
 * Asks a second person to approve exactly the planned campaign with its bounds. Throws like `startCampaign`, and
 * AppError('refused') where it needs no approval.
 */
export async function requestCampaignApproval(
  ctx: Context,
  input: StartCampaign,
  actor: Actor,
): Promise<{ approvalId: string }> {
  const { campaignId, planHash, reason } = StartCampaign.parse(input);
  const { campaign, plan, needs } = await ctx.db.transaction((tx) => toStart(ctx, tx, { campaignId, planHash }));
  if (!needs) throw new AppError('refused', 'This campaign needs no approval. Start it.');
  const { rowsToDelete, rowsMost } = sumsOf(plan.customers);
  const { fromDay, toDay, confirmed } = campaign.request;
  return requestApproval(
    ctx,
    {
      kind: 'campaign',
      subject: campaignId,
      planHash,
      plan,
      confirmed,
      customerId: null,
      summary: `Campaign over ${count(plan.customers.length, 'customer')}, ${fromDay} up to ${toDay} (exclusive): ${formatNumber(rowsToDelete)} label rows, ${formatNumber(rowsMost)} at most`,
      rows: rowsMost,
      reason,
    },
    actor,
  );
}

async function toStart(ctx: Context, tx: Transaction, of: { campaignId: string; planHash: string }) {
  const [campaign] = await tx.query(lockCampaign, { campaignId: of.campaignId });
  if (!campaign) throw new AppError('not_found', 'There is no such campaign.');
  if (campaign.status === 'planning') throw new AppError('conflict', 'This campaign is still being planned.');
  if (campaign.status !== 'planned') throw new AppError('conflict', `This campaign is ${campaign.status} already.`);
  const customers = (await tx.query(selectPlanned, { campaignId: of.campaignId })).map((one) => ({
    ...one,
    wave: one.wave ?? 0,
  }));
  const plan = boundedOf({ ...campaign, customers });
  if (campaign.planHash !== of.planHash || boundedHash(plan) !== of.planHash)
    throw new AppError('refused', 'This is not the plan of this campaign. Look at it again.');
  const isOfOrder = campaign.orderId !== null;
  return {
    campaign,
    plan,
    needs: !isOfOrder && (campaign.needsApproval || (await needsApproval(ctx, tx, customers))),
  };
}

const sumsOf = (customers: readonly { rowsToDelete: number; rowsMost: number }[]) => ({
  rowsToDelete: customers.reduce((sum, one) => sum + one.rowsToDelete, 0),
  rowsMost: customers.reduce((sum, one) => sum + one.rowsMost, 0),
});
