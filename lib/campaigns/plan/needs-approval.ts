import { unapprovedRows } from '@/lib/backfill/plan/unapproved-rows';
import { isAboveThreshold } from '@/lib/backfill/state/plan-model';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import type { CustomerPlan } from '../state/campaign-model';

/**
 * Whether a second person approves a campaign: what it may delete at most, with what was lately deleted of its customers
 * without an approval, is above the row threshold.
 */
export async function needsApproval(
  ctx: Pick<Context, 'config'>,
  tx: Transaction,
  customers: readonly { customerId: string; plan: Pick<CustomerPlan, 'rowsMost'> }[],
): Promise<boolean> {
  let unapproved = 0;
  for (const { customerId } of customers) unapproved += await unapprovedRows(tx, customerId);
  const rowsMost = customers.reduce((sum, { plan }) => sum + plan.rowsMost, 0);
  return isAboveThreshold(rowsMost, unapproved, ctx.config.backfill.approvalRows);
}
