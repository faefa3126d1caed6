import { customersOf, type Found } from '@/lib/campaigns/plan/customers-of';
import { planCampaign } from '@/lib/campaigns/plan/plan-campaign';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { obstacleTo } from '@/lib/holds/may-begin';
import type { Transaction } from '@/lib/postgres/client';
import { listed } from '@/lib/words';
import { orderActor } from '../order-actor';
import { orderFault } from '../order-fault';
import { type BegunNight, beginNight, holdNight } from '../sql/nights';
import { lockOrder, type OrderRow } from '../sql/orders';
import { stopOrder } from '../stop-order';
import { nightRequest } from './night-request';
import type { Night } from './nights';

/**
 * Begins a night of an order, once: the night and its campaign are made in one transaction, which a second worker finds
 * done. A night with nothing to repair is over at once, and one that cannot begin yet waits. Stops the order where the
 * audit does not prove it.
 */
export async function beginNightOf(ctx: Context, order: OrderRow, night: Night): Promise<void> {
  const fault = await orderFault(ctx, order);
  if (fault) return stopOrder(ctx, order, fault);
  const row = {
    orderId: order.id,
    night: night.night,
    fromAt: new Date(night.fromMs),
    toAt: new Date(night.toMs),
  };
  const wait = (why: string) => ctx.db.query(holdNight, { ...row, status: 'waiting', sentence: why });
  const stopped = await obstacleTo(ctx, { tables: null });
  if (stopped) return void (await wait(stopped.sentence));
  const request = await nightRequest(ctx, order.terms, ctx.clock.now());
  const found = await customersOf(ctx, request);
  if (found.every(({ sentence }) => sentence !== null)) return over(ctx, row, found);
  const also = (tx: Transaction, campaignId: string) =>
    begin(tx, { ...row, status: 'under way', campaignId, sentence: 'Its campaign is being planned.' });
  await planCampaign(ctx, request, orderActor(order), { orderId: order.id, also }).catch((error) => {
    if (error instanceof BegunAlready) return;
    if (!(error instanceof AppError)) throw error;
    return wait(`It could not begin yet. ${error.message}`);
  });
}

async function over(
  ctx: Context,
  row: Omit<BegunNight, 'status' | 'campaignId' | 'sentence'>,
  unscanned: readonly Found[],
): Promise<void> {
  const names = listed(unscanned.map(({ customerId }) => customerId));
  const sentence = `Nothing to repair: no customer is affected as far as scans know.${unscanned.length > 0 ? ` No scan has looked at ${names} on these days.` : ''}`;
  await ctx.db
    .transaction((tx) => begin(tx, { ...row, status: 'over', campaignId: null, sentence }))
    .catch((error) => {
      if (!(error instanceof BegunAlready)) throw error;
    });
}

/** Another worker began the night, or the order ended meanwhile. */
class BegunAlready extends Error {
  override readonly name = 'BegunAlready';
}

async function begin(tx: Transaction, night: BegunNight): Promise<void> {
  const [order] = await tx.query(lockOrder, { id: night.orderId });
  const [begun] = order?.status === 'active' ? await tx.query(beginNight, night) : [];
  if (!begun) throw new BegunAlready();
}
