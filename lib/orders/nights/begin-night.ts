import { planCampaign } from '@/lib/campaigns/plan/plan-campaign';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { Transaction } from '@/lib/postgres/client';
import { orderActor } from '../order-actor';
import { orderFault } from '../order-fault';
import { type BegunNight, beginNight, holdNight } from '../sql/nights';
import { lockOrder, type OrderRow } from '../sql/orders';
import { stopOrder } from '../stop-order';
import { nightRequest } from './night-request';
import type { Night } from './nights';

/**
 * Begins a night of an order, once: the night and its campaign are made in one transaction, which a second worker finds
 * done. A night with nothing to repair is over at once. Stops the order where the audit does not prove it.
 */
export async function beginNightOf(ctx: Context, order: OrderRow, night: Night): Promise<void> {
  const fault = await orderFault(ctx, order);
  if (fault) return stopOrder(ctx, order, fault);
  const request = await nightRequest(ctx, order.terms, ctx.clock.now());
  const row = {
    orderId: order.id,
    night: night.night,
    fromAt: new Date(night.fromMs),
    toAt: new Date(night.toMs),
  };
  const also = (tx: Transaction, campaignId: string) =>
    begin(tx, order, { ...row, status: 'under way', campaignId, sentence: 'Its campaign is being planned.' });
  try {
    await planCampaign(ctx, request, orderActor(order), { orderId: order.id, also });
  } catch (error) {
    if (error instanceof Begun) return;
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'refused')
      await ctx.db
        .transaction((tx) =>
          begin(tx, order, {
            ...row,
            status: 'over',
            campaignId: null,
            sentence: `Nothing to repair: ${error.message}`,
          }),
        )
        .catch(ignoreBegun);
    else
      await ctx.db.query(holdNight, {
        ...row,
        status: 'waiting',
        sentence: `It could not begin yet. ${error.message}`,
      });
  }
}

/** Another worker began the night, or the order ended meanwhile. */
class Begun extends Error {
  override readonly name = 'Begun';
}

const ignoreBegun = (error: unknown) => {
  if (!(error instanceof Begun)) throw error;
};

async function begin(tx: Transaction, order: OrderRow, night: BegunNight): Promise<void> {
  const [now] = await tx.query(lockOrder, { id: order.id });
  const [begun] = now?.status === 'active' ? await tx.query(beginNight, night) : [];
  if (!begun) throw new Begun();
}
