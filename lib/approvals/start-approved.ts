import { randomUUID } from 'node:crypto';
import { recordAudit } from '@/lib/audit/record-audit';
import { refusalOf } from '@/lib/audit/record-refusal';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { failureOf } from '@/lib/edge/failure';
import { AppError } from '@/lib/errors';
import { selectStop } from '@/lib/holds/sql/stops';
import type { ApprovalRow } from './model';
import { saveStartFailure, selectApproval } from './sql';
import { type SelfStartingKind, startsItself } from './state-model';

/** An approval with the plan as it was previewed. */
export type ApprovedPlan = ApprovalRow & { plan: unknown };

/**
 * Starts what was approved, as the person who asked for it. It makes the plan again, refuses a changed one with
 * AppError('refused'), and uses the approval in the transaction of the start.
 */
export type StartApproved = (ctx: Context, approval: ApprovedPlan, actor: Actor) => Promise<unknown>;
export type ApprovedStarts = Record<SelfStartingKind, StartApproved>;

/**
 * Starts what an approval is for, once: a second call finds it used. A start that is refused leaves the approval open,
 * with the sentence, and is audited. A failure that passes, and any refusal while everything is stopped, is thrown, for
 * the queue to try again, until the approval expires. When `signal` aborts, the call throws the signal's reason.
 */
export async function startApproved(
  ctx: Context,
  starts: ApprovedStarts,
  { approvalId, signal }: { approvalId: string; signal: AbortSignal },
): Promise<void> {
  const [approval] = await ctx.db.query(selectApproval, { id: approvalId });
  if (approval?.state !== 'approved' || !startsItself(approval.kind)) return;
  const actor = requesterOf(approval);
  try {
    await starts[approval.kind]({ ...ctx, clickhouse: ctx.clickhouse.within({ signal }) }, approval, actor);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const name = `${approval.kind}.start`;
    const { message } = failureOf(error, { log: ctx.log, name, requestId: actor.requestId });
    const [stop] = await ctx.db.query(selectStop);
    const passes =
      error instanceof AppError &&
      (error.code === 'unavailable' || error.code === 'limit' || (error.code === 'refused' && stop !== null));
    const failure = passes ? `${message} The start is tried again by itself.` : message;
    const { customerId, planHash, reason } = approval;
    const refusal = passes ? null : refusalOf({ action: name, input: { customerId, planHash, reason }, error });
    await ctx.db.transaction(async (tx) => {
      // No row: another delivery of the same start recorded it, or somebody used or withdrew the approval meanwhile.
      const [saved] = await tx.query(saveStartFailure, { id: approvalId, failure, passes });
      if (saved && refusal) await recordAudit(tx, actor, refusal);
    });
    if (passes) throw error;
  }
}

/** The person who asked. Asking needed the role operator. */
const requesterOf = ({ requestedBy, requestedSubject }: ApprovalRow): Actor => ({
  name: requestedBy,
  role: 'operator',
  via: 'worker',
  requestId: randomUUID(),
  ...(requestedSubject === null ? {} : { subject: requestedSubject, maker: requestedSubject }),
});
