import type { Context } from '@/lib/context';
import { closeOrder } from './end-order';
import { orderActor } from './order-actor';
import type { OrderRow } from './sql/orders';

/** Stops an order by itself, with the reason, once. It waits in the list of trouble until a person ends it. */
export async function stopOrder(
  ctx: Pick<Context, 'db' | 'clock' | 'log'>,
  order: OrderRow,
  reason: string,
): Promise<void> {
  if (order.status !== 'active') return;
  const stopped = { orderId: order.id, status: 'stopped', reason, atMs: ctx.clock.now() } as const;
  const done = await ctx.db.transaction((tx) => closeOrder(tx, stopped, orderActor(order)));
  if (done) ctx.log.warn({ orderId: order.id, reason }, 'a standing order stopped itself');
}
