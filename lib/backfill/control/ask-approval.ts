import { requestApproval } from '@/lib/approvals/request-approval';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { rangeInWords } from '@/lib/customers/unit-words-model';
import { AppError } from '@/lib/errors';
import { keptPlan } from '../plan/kept-plan';
import { unapprovedRows } from '../plan/unapproved-rows';
import { StartBackfill } from '../state/command-model';
import { isAboveThreshold, type Plan } from '../state/plan-model';
import { refuseObstacles } from './start-backfill';

/**
 * Asks a second person to approve exactly the previewed plan, as `keptPlan` finds it. Throws AppError('refused') where
 * its label rows changed, where a pre-check fails, and where the plan needs no approval.
 */
export async function askApproval(ctx: Context, input: StartBackfill, actor: Actor): Promise<{ approvalId: string }> {
  const request = StartBackfill.parse(input);
  const plan = await keptPlan(ctx, request.planHash);
  const { customerId, fromDay, toDay } = request;
  if (plan.customerId !== customerId || plan.fromDay !== fromDay || plan.toDay !== toDay || plan.undoOf)
    throw new AppError('refused', `This is not a plan of ${customerId}, ${fromDay} up to ${toDay}.`);
  refuseObstacles(plan, request.confirmed);
  const unapproved = await unapprovedRows(ctx.db, plan.customerId);
  if (!isAboveThreshold(plan.rowsToDelete, unapproved, ctx.config.backfill.approvalRows))
    throw new AppError('refused', 'This plan needs no approval. Start it.');
  return requestApproval(
    ctx,
    {
      kind: 'backfill',
      subject: subjectOf(plan),
      planHash: plan.hash,
      plan,
      confirmed: request.confirmed,
      customerId: plan.customerId,
      summary: `${plan.customerId}, ${rangeInWords(plan.fromDay, plan.toDay)} (${plan.timeZone}), ${plan.strategy}`,
      rows: plan.rowsToDelete,
      reason: request.reason,
    },
    actor,
  );
}

/** One open request for a customer's range: a changed plan of it resets the one before. */
const subjectOf = ({ customerId, fromDay, toDay }: Plan) => `${customerId} ${fromDay} ${toDay}`;
