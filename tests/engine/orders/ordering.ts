import { randomUUID } from 'node:crypto';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { startApproved } from '@/lib/approvals/start-approved';
import type { Actor } from '@/lib/auth/model';
import type { Customer } from '@/lib/customers/model';
import { askOrder } from '@/lib/orders/ask-order';
import { beginOrder } from '@/lib/orders/begin-order';
import { getOrder } from '@/lib/orders/list-orders';
import type { ProposeOrder } from '@/lib/orders/model';
import { previewOrder } from '@/lib/orders/preview-order';
import { proposeOrder } from '@/lib/orders/propose-order';
import type { TestContext } from '@/tests/support/context';
import { operator } from '@/tests/support/repair';

export const never = new AbortController().signal;
export const author: Actor = operator;
export const approver: Actor = { name: 'anna', role: 'approver', via: 'web', requestId: randomUUID() };

/** A clock that the test sets, and that goes on from there. */
export function handClock(text: string) {
  let aheadMs = Date.parse(text) - Date.now();
  return {
    now: () => Date.now() + aheadMs,
    set: (at: string) => {
      aheadMs = Date.parse(at) - Date.now();
    },
  };
}

export const termsFor = (customers: readonly Customer[], more: Partial<ProposeOrder> = {}): ProposeOrder => ({
  filter: { by: 'name', customerIds: customers.map(({ id }) => id) },
  rowsOfNight: 1_000,
  rowsOfCustomer: 500,
  daysBack: 11,
  failureBudget: 0,
  window: { from: '01:00', to: '05:00', timeZone: 'UTC' },
  untilDay: '2026-02-25',
  reason: 'until the cron is mended',
  ...more,
});

/** A proposed order with its preview. */
export async function proposed(ctx: TestContext, terms: ProposeOrder, actor = author) {
  const { orderId } = await proposeOrder(ctx, terms, actor);
  await previewOrder(ctx, orderId, never);
  return getOrder(ctx, orderId, actor);
}

/** An order that another person approved, and that has begun. */
export async function active(ctx: TestContext, terms: ProposeOrder) {
  const { id, planHash } = await proposed(ctx, terms);
  const { approvalId } = await askOrder(ctx, { orderId: id, planHash: planHash ?? '' }, author);
  await approve(ctx, approvalId, planHash ?? '');
  return getOrder(ctx, id, author);
}

export async function approve(ctx: TestContext, approvalId: string, planHash: string): Promise<void> {
  await decideApproval(ctx, { approvalId, planHash, decision: 'approve', reason: 'looked at it' }, approver);
  const nothing = async () => undefined;
  await startApproved(
    ctx,
    { backfill: nothing, undo: nothing, campaign: nothing, order: beginOrder },
    { approvalId, signal: never },
  );
}
