import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { Transaction } from '@/lib/postgres/client';
import { EndOrder } from './model';
import { orderInWords } from './order-words-model';
import { type OrderRow, selectOrder, updateEnded } from './sql/orders';
import { tellClosed } from './tell-order';

/**
 * Ends an order, for ever. A campaign of it that is under way is stopped at the next boundary by the worker. Throws
 * AppError('not_found'), and 'conflict' for one that has ended.
 */
export async function endOrder(ctx: Context, input: EndOrder, actor: Actor): Promise<{ orderId: string }> {
  const { orderId, reason } = EndOrder.parse(input);
  await ctx.db.transaction(async (tx) => {
    const ended = await closeOrder(tx, { orderId, status: 'ended', reason, atMs: ctx.clock.now() }, actor);
    if (ended) return;
    const [order] = await tx.query(selectOrder, { id: orderId });
    if (!order) throw new AppError('not_found', 'There is no such standing order.');
    throw new AppError('conflict', `This order has ended already. ${order.endReason ?? ''}`);
  });
  return { orderId };
}

/** Stops or ends an order with its audit row, in the caller's transaction. False where that was done before. */
export async function closeOrder(
  tx: Transaction,
  { orderId, status, reason, atMs }: { orderId: string; status: 'stopped' | 'ended'; reason: string; atMs: number },
  actor: Actor,
): Promise<OrderRow | null> {
  const [order] = await tx.query(updateEnded, {
    id: orderId,
    status,
    endedBy: actor.name,
    endedAt: new Date(atMs),
    reason,
  });
  if (!order) return null;
  await recordAudit(tx, actor, {
    action: status === 'stopped' ? 'order.stop' : 'order.end',
    subject: orderId,
    planHash: order.planHash ?? undefined,
    reason,
    detail: { words: orderInWords(order.terms) },
  });
  await tellClosed(tx, order);
  return order;
}
