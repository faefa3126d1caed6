import { randomUUID } from 'node:crypto';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { count, listed } from '@/lib/words';
import { insertCampaign, insertCampaignEvent } from '../sql/campaigns';
import { insertCustomers } from '../sql/customers';
import { PlanCampaign } from '../state/campaign-model';
import { customersOf, type Found } from './customers-of';
import { campaignPlanQueue, sendCampaignPlan } from './plan-queue';

/**
 * Asks the worker to plan a campaign: the customers are those of now that the filter finds, and each gets a real plan.
 * `orderId` is the standing order that makes it; what `also` writes exists if and only if the campaign does. Throws
 * AppError('not_found') that names customers that are not registered, 'invalid_input' for no range or a canary that is
 * none of the customers, 'refused' where nobody is found.
 */
export async function planCampaign(
  ctx: Context,
  input: PlanCampaign,
  actor: Actor,
  {
    orderId = null,
    also,
  }: { orderId?: string | null; also?: (tx: Transaction, campaignId: string) => Promise<void> } = {},
): Promise<{ campaignId: string }> {
  const request = PlanCampaign.parse(input);
  const customers = await customersOf(ctx, request);
  if (customers.every(({ sentence }) => sentence !== null)) throw nobody(customers);
  if (request.canary && !customers.some(({ customerId, sentence }) => customerId === request.canary && !sentence))
    throw new AppError('invalid_input', `The canary ${request.canary} is not among the customers of this campaign.`, {
      fields: { canary: 'not among the customers' },
    });
  const campaignId = randomUUID();
  const boss = await campaignPlanQueue(ctx);
  await ctx.db.transaction(async (tx) => {
    await tx.query(insertCampaign, {
      id: campaignId,
      request: storedJson(request),
      orderId,
      createdBy: actor.name,
    });
    await tx.query(insertCustomers, {
      campaignId,
      customerIds: customers.map(({ customerId }) => customerId),
      sentences: customers.map(({ sentence }) => sentence),
    });
    const text = `${actor.name} asked for a plan of ${count(customers.length, 'customer')}, ${request.fromDay} up to ${request.toDay}.`;
    await tx.query(insertCampaignEvent, { campaignId, customerId: null, kind: 'planning', text });
    await recordAudit(tx, actor, {
      action: 'campaign.plan',
      subject: campaignId,
      fromDay: request.fromDay,
      toDay: request.toDay,
      detail: { request, customers: customers.length, ...(orderId ? { orderId } : {}) },
    });
    await also?.(tx, campaignId);
    await sendCampaignPlan(boss, tx, campaignId);
  });
  return { campaignId };
}

function nobody(found: readonly Found[]): AppError {
  const unscanned =
    found.length > 0
      ? ` No scan has looked at ${listed(found.map(({ customerId }) => customerId))} in this range.`
      : '';
  return new AppError('refused', `No customer is affected in this range as far as scans know.${unscanned}`);
}
