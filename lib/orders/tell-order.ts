import { announce, resolveCase } from '@/lib/notifications/announce';
import type { Transaction } from '@/lib/postgres/client';
import { orderInWords } from './order-words-model';
import type { OrderRow } from './sql/orders';

/** Tells people that an order stopped itself, or that a stopped one has ended, in the transaction that does it. */
export async function tellClosed(tx: Transaction, order: OrderRow): Promise<void> {
  const caseKey = `order ${order.id}`;
  const name = `The standing order ${order.id.slice(0, 8)}`;
  if (order.status === 'ended') return resolveCase(tx, caseKey, `${name} has ended: ${order.endedBy} ended it.`);
  await announce(tx, {
    event: 'order stopped',
    caseKey,
    customerId: null,
    title: `${name} stopped itself, so nothing is repaired at night.`,
    lines: [order.endReason ?? '', orderInWords(order.terms)].filter((line) => line !== ''),
    path: `/orders/${order.id}`,
  });
}
