import { spendApproval } from '@/lib/approvals/spend-approval';
import type { StartApproved } from '@/lib/approvals/start-approved';
import { recordAudit } from '@/lib/audit/record-audit';
import { AppError } from '@/lib/errors';
import { planOf } from './ask-order';
import { closeOrder } from './end-order';
import { orderHash } from './order-hash';
import { orderInWords } from './order-words-model';
import { lockOrder, updateActive } from './sql/orders';

/**
 * Begins an approved order, once: the approval is used in the same transaction, and the order that it replaces ends.
 * Throws AppError('refused') where the order is not exactly what was approved, and 'conflict' where it is no proposal.
 */
export const beginOrder: StartApproved = async (ctx, approval, actor) => {
  const { subject: orderId, planHash } = approval;
  await ctx.db.transaction(async (tx) => {
    const [order] = await tx.query(lockOrder, { id: orderId });
    if (!order) throw new AppError('not_found', 'There is no such standing order.');
    if (order.status !== 'proposed')
      throw new AppError('conflict', `This order is ${order.status}, so it cannot begin.`);
    const plan = planOf(order);
    if (plan === null || orderHash(plan) !== planHash)
      throw new AppError('refused', 'The order is not exactly what was approved, so it does not begin.');
    if (approval.requestedBy !== order.createdBy)
      throw new AppError(
        'refused',
        `${order.createdBy} proposed this order and ${approval.requestedBy} asked for its approval, so it does not begin.`,
      );
    const used = await spendApproval(tx, { kind: 'order', planHash, confirmed: [], usedBy: orderId }, actor);
    const atMs = ctx.clock.now();
    await tx.query(updateActive, { id: orderId, approvedBy: used.decidedBy ?? '', activeAt: new Date(atMs) });
    await recordAudit(tx, actor, {
      action: 'order.begin',
      subject: orderId,
      planHash,
      reason: order.reason,
      detail: { words: orderInWords(order.terms), approvalId: used.id, approvedBy: used.decidedBy },
    });
    if (order.replaces === null) return;
    const reason = `Standing order ${orderId.slice(0, 8)} replaces it.`;
    await closeOrder(tx, { orderId: order.replaces, status: 'ended', reason, atMs }, actor);
  });
};
