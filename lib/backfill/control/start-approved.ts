import type { StartApproved } from '@/lib/approvals/start-approved';
import { PlanJson } from '../plan/sql/plans';
import { startBackfill } from './start-backfill';
import { startUndo } from './start-undo';

/** Starts the backfill of an approved plan, as `startBackfill` does. */
export const startApprovedBackfill: StartApproved = (ctx, approval, actor) => {
  const plan = PlanJson.parse(approval.plan);
  const { customerId, fromDay, toDay } = plan;
  const { planHash, confirmed, reason } = approval;
  return startBackfill(ctx, { customerId, fromDay, toDay, planHash, confirmed, reason }, actor, plan);
};

/** Starts the undo of an approved plan, as `startUndo` does. */
export const startApprovedUndo: StartApproved = (ctx, approval, actor) => {
  const plan = PlanJson.parse(approval.plan);
  if (!plan.undoOf) throw new Error('the plan of an approved undo is not that of an undo');
  const { runId, unit } = plan.undoOf;
  const { planHash, confirmed, reason } = approval;
  return startUndo(ctx, { runId, unit: unit ?? undefined, planHash, confirmed, reason }, actor, plan);
};
