import { approvalOfPlan } from '@/lib/approvals/list-approvals';
import type { ApprovalView } from '@/lib/approvals/model';
import type { Actor } from '@/lib/auth/model';
import { may } from '@/lib/auth/permissions';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { isAuthor } from './ask-order';
import type { OrderStatus, OrderSummary, OrderView } from './model';
import { nextOfOrder } from './next-of-order';
import { orderInWords } from './order-words-model';
import { type NightRow, selectLastNights, selectNights } from './sql/nights';
import { type OrderRow, selectOrder, selectOrders } from './sql/orders';

type Reads = Pick<Context, 'db' | 'clock'>;
const ordersMost = 200;
const nightsMost = 100;

/** The standing orders: active ones and those that stopped themselves first, then the newest. */
export async function listOrders(
  ctx: Reads,
  { status }: { status?: OrderStatus },
  actor: Actor,
): Promise<OrderSummary[]> {
  const orders = await ctx.db.query(selectOrders, { status: status ?? null, rowsMax: ordersMost });
  const last = await ctx.db.query(selectLastNights, { orderIds: orders.map(({ id }) => id) });
  const nights = new Map(last.map((night) => [night.orderId, night]));
  return Promise.all(
    orders.map(async (order) => {
      const night = nights.get(order.id);
      return summaryOf(ctx, { order, nights: night ? [night] : [], approval: await approvalOf(ctx, order, actor) });
    }),
  );
}

/** One order with its preview and its nights. Throws AppError('not_found'). */
export async function getOrder(ctx: Reads, orderId: string, actor: Actor): Promise<OrderView> {
  const [order] = await ctx.db.query(selectOrder, { id: orderId });
  if (!order) throw new AppError('not_found', 'There is no such standing order.');
  const nights = await ctx.db.query(selectNights, { orderId, rowsMax: nightsMost });
  const approval = await approvalOf(ctx, order, actor);
  const isAsked = approval?.state === 'waiting' || approval?.state === 'approved';
  return {
    ...summaryOf(ctx, { order, nights, approval }),
    planHash: order.planHash,
    preview: order.preview,
    nights: nights.map(viewOfNight),
    canAsk: order.status === 'proposed' && !isAsked && isAuthor(order, actor) && may(actor.role, 'backfill.run'),
    canEnd: order.status !== 'ended' && may(actor.role, 'backfill.control'),
  };
}

/** The orders that stopped themselves and that nobody has ended since. */
export const stoppedOrders = ({ db }: Pick<Reads, 'db'>): Promise<OrderRow[]> =>
  db.query(selectOrders, { status: 'stopped', rowsMax: ordersMost });

const approvalOf = ({ db }: Reads, { planHash }: OrderRow, actor: Actor) =>
  planHash === null ? null : approvalOfPlan({ db }, { kind: 'order', planHash }, actor);

function summaryOf(
  { clock }: Reads,
  { order, nights, approval }: { order: OrderRow; nights: NightRow[]; approval: ApprovalView | null },
): OrderSummary {
  const { id, status, terms, reason, createdBy, createdAtMs, activeAtMs, endedBy, endedAtMs, endReason, replaces } =
    order;
  const state = approval?.state ?? 'none';
  const known = state === 'none' || state === 'waiting' || state === 'approved' ? state : 'other';
  const [last] = nights;
  return {
    id,
    status,
    terms,
    words: orderInWords(terms),
    reason,
    createdBy,
    createdAtMs,
    approval,
    activeAtMs,
    endedBy,
    endedAtMs,
    endReason,
    replaces,
    lastNight: last ? viewOfNight(last) : null,
    next: nextOfOrder({ status, terms, approval: known, createdBy, endReason, nights }, clock.now()),
  };
}

const viewOfNight = ({ orderId: _, ...night }: NightRow) => night;
