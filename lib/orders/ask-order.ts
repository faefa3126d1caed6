import { askedBy } from '@/lib/approvals/model';
import { requestApproval } from '@/lib/approvals/request-approval';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { AskOrder, type OrderPlan } from './model';
import { orderInWords } from './order-words-model';
import { type OrderRow, selectOrder } from './sql/orders';

/** A preview older than this is not what "last night" means to the approver. */
const previewHoursMost = 24;

/**
 * Asks a second person to approve exactly this order with its preview. Only the author asks, so that nobody approves
 * what they proposed. Throws AppError('forbidden') for anybody else, 'conflict' where the person saw another preview or
 * the order is no proposal, and 'refused' where the preview is older than a day.
 */
export async function askOrder(ctx: Context, input: AskOrder, actor: Actor): Promise<{ approvalId: string }> {
  const { orderId, planHash } = AskOrder.parse(input);
  const [order] = await ctx.db.query(selectOrder, { id: orderId });
  if (!order) throw new AppError('not_found', 'There is no such standing order.');
  if (!isAuthor(order, actor))
    throw new AppError('forbidden', `${order.createdBy} proposed this order, so only they ask for its approval.`);
  const plan = planOf(order);
  if (order.status !== 'proposed' || plan === null)
    throw new AppError('conflict', `This order is ${order.status}, so it cannot be approved.`);
  if (order.planHash !== planHash)
    throw new AppError('conflict', 'The preview has changed since you looked at it. Look at it again.');
  if (ctx.clock.now() - plan.preview.countedAtMs > previewHoursMost * 3_600_000)
    throw new AppError('refused', 'The preview is older than a day. End this proposal and propose it again.');
  return requestApproval(
    ctx,
    {
      kind: 'order',
      subject: orderId,
      planHash,
      plan,
      confirmed: [],
      customerId: null,
      summary: orderInWords(order.terms),
      rows: order.terms.rowsOfNight,
      reason: order.reason,
    },
    actor,
  );
}

export const isAuthor = (order: Pick<OrderRow, 'createdBy' | 'createdSubject'>, actor: Actor): boolean =>
  askedBy({ requestedBy: order.createdBy, requestedSubject: order.createdSubject }, actor);

/** What an approval of an order is for; null before the preview is made. */
export const planOf = ({ terms, preview, replaces }: OrderRow): OrderPlan | null =>
  preview && { terms, preview, replaces };
