import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';
import { atChanges } from '@/lib/postgres/notices';
import { longDay } from '@/lib/words';
import { closeOrder } from './end-order';
import { beginNightOf } from './nights/begin-night';
import { dueOf } from './nights/due';
import type { Night } from './nights/nights';
import { settleNight } from './nights/settle-night';
import { orderActor } from './order-actor';
import { windowInWords } from './order-words-model';
import { holdNight, selectNights } from './sql/nights';
import { type OrderRow, selectOrder, selectToTick } from './sql/orders';

const pace = { busyMs: 2_000, idleMs: 10_000 };
/** More than the nights of the longest order. */
const nightsMost = 200;

/** Does what the standing orders have to do until `signal` aborts. Several workers may look, and one of them does it. */
export async function workOrders(ctx: Context, signal: AbortSignal): Promise<void> {
  await atChanges(
    { notices: ctx.db.notices, topic: 'orders', signal },
    pace,
    async () => ({ more: (await tickOrders(ctx)) > 0 }),
    (error) => ctx.log.warn({ reason: messageOf(error) }, 'the standing orders could not be read'),
  );
}

/**
 * What each order has to do now. A failure of one is logged, and the next round tries again. Returns how many orders may
 * have something to do later.
 */
export async function tickOrders(ctx: Context): Promise<number> {
  const orders = await ctx.db.query(selectToTick);
  for (const orderId of orders)
    await tickOrder(ctx, orderId).catch((error) =>
      ctx.log.warn({ orderId, reason: messageOf(error) }, 'a standing order could not go on'),
    );
  return orders.length;
}

async function tickOrder(ctx: Context, orderId: string): Promise<void> {
  const nights = await ctx.db.query(selectNights, { orderId, rowsMax: nightsMost });
  for (const night of nights.filter(({ status }) => status === 'under way' || status === 'closing')) {
    const [order] = await ctx.db.query(selectOrder, { id: orderId });
    if (order) await settleNight(ctx, order, night);
  }
  const [order] = await ctx.db.query(selectOrder, { id: orderId });
  if (order?.status !== 'active') return;
  const due = dueOf(
    { ...order, nights: await ctx.db.query(selectNights, { orderId, rowsMax: nightsMost }) },
    ctx.clock.now(),
  );
  for (const night of due.missed) await write(ctx, order, night, 'missed', missedSentence(order, night, nights));
  if (due.waits)
    await write(ctx, order, due.waits, 'waiting', 'It waits until the campaign of the night before has ended.');
  if (due.begin) await beginNightOf(ctx, order, due.begin);
  if (due.over) await endAtItsTime(ctx, order);
}

const write = (ctx: Context, order: OrderRow, night: Night, status: 'waiting' | 'missed', sentence: string) =>
  ctx.db.query(holdNight, {
    orderId: order.id,
    night: night.night,
    fromAt: new Date(night.fromMs),
    toAt: new Date(night.toMs),
    status,
    sentence,
  });

/** A night that a worker tried to begin says why it could not. */
function missedSentence(
  { terms }: OrderRow,
  { night }: Night,
  nights: readonly { night: string; sentence: string }[],
): string {
  const tried = nights.find((one) => one.night === night);
  return tried
    ? `Missed: its window closed before it could begin. ${tried.sentence}`
    : `Missed: no worker was running ${windowInWords(terms)}, or none could reach the database.`;
}

async function endAtItsTime(ctx: Context, order: OrderRow): Promise<void> {
  const reason = `Its last night was that of ${longDay(order.terms.untilDay)}.`;
  const ended = { orderId: order.id, status: 'ended', reason, atMs: ctx.clock.now() } as const;
  await ctx.db.transaction((tx) => closeOrder(tx, ended, orderActor(order)));
}
