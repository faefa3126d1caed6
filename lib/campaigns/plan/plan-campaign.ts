import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { daysMax } from '@/lib/backfill/plan/plan-backfill';
import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import { listAffected } from '@/lib/detection/view/list-affected';
import { AppError } from '@/lib/errors';
import { inTransaction } from '@/lib/postgres/queue';
import { storedJson } from '@/lib/text';
import { count, listed } from '@/lib/words';
import { insertCampaign, insertCampaignEvent } from '../sql/campaigns';
import { insertCustomers } from '../sql/customers';
import { PlanCampaign } from '../state/campaign-model';
import { campaignPlanQueue, campaignPlanQueueName } from './plan-queue';

/** A customer of a campaign; one with a sentence is left out without a plan. */
type Found = { customerId: string; sentence: string | null };

/**
 * Asks the worker to plan a campaign: the customers are those of now that the filter finds, and each gets a real plan.
 * `orderId` is the standing order that makes it. Throws AppError('not_found') that names customers that are not
 * registered, 'invalid_input' for no range or a canary that is none of the customers, 'refused' where nobody is found.
 */
export async function planCampaign(
  ctx: Context,
  input: PlanCampaign,
  actor: Actor,
  { orderId = null }: { orderId?: string | null } = {},
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
    await boss.send(campaignPlanQueueName, { campaignId }, inTransaction(tx));
  });
  return { campaignId };
}

/** Who the filter finds. A customer that no scan looked at in the range is named, since nobody knows whether it is affected. */
async function customersOf(ctx: Context, { filter, fromDay, toDay }: z.output<typeof PlanCampaign>): Promise<Found[]> {
  const counted = await listAffected(ctx, { fromDay, toDay, daysMax });
  if (filter.by === 'name') {
    const known = new Set((await listCustomers(ctx)).map(({ id }) => id));
    const unknown = filter.customerIds.filter((id) => !known.has(id));
    if (unknown.length > 0)
      throw new AppError('not_found', `There is no customer "${listed(unknown)}" in the registry.`);
    return [...new Set(filter.customerIds)].sort().map((customerId) => ({ customerId, sentence: null }));
  }
  return counted.flatMap(({ customerId, days, affected, flags }): Found[] => {
    if (days === 0)
      return [
        { customerId, sentence: 'No scan has looked at it in this range. Scan it, then plan again, or name it.' },
      ];
    const wanted = filter.by === 'all affected' ? affected > 0 : filter.flags.some((flag) => flags.includes(flag));
    return wanted ? [{ customerId, sentence: null }] : [];
  });
}

function nobody(found: readonly Found[]): AppError {
  const unscanned =
    found.length > 0
      ? ` No scan has looked at ${listed(found.map(({ customerId }) => customerId))} in this range.`
      : '';
  return new AppError('refused', `No customer is affected in this range as far as scans know.${unscanned}`);
}
