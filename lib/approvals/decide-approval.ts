import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { may } from '@/lib/auth/permissions';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { type ApprovalSummary, askedBy, DecideApproval, isAskedByPerson, summaryOf } from './model';
import { entryOf, notWaiting } from './request-approval';
import { decide, selectApproval } from './sql';

/**
 * Approves or refuses exactly the plan that was looked at. Throws AppError('forbidden') without the role approver, for
 * one's own request, for a token, which its maker could make to be a second person, for a terminal unless anybody may
 * choose who they are (the demo), and for a request of nobody known where there is a provider; AppError('conflict') when the plan is another one or the request does not wait any more.
 */
export async function decideApproval(
  ctx: Pick<Context, 'db' | 'config'>,
  input: DecideApproval,
  actor: Actor,
): Promise<ApprovalSummary> {
  const { approvalId, planHash, decision, reason } = DecideApproval.parse(input);
  if (!may(actor.role, 'backfill.approve'))
    throw new AppError(
      'forbidden',
      `To ${decision} needs the role approver; you are ${actor.role}. Nothing was changed.`,
    );
  const { signIn } = ctx.config.auth;
  if (actor.via !== 'web' && (actor.subject !== undefined || signIn !== 'demo'))
    throw new AppError(
      'forbidden',
      'A person who is signed in on the pages decides; a program or a terminal proves nobody. Nothing was changed.',
    );
  return ctx.db.transaction(async (tx) => {
    const [seen] = await tx.query(selectApproval, [approvalId]);
    if (!seen) throw new AppError('not_found', 'There is no such approval.');
    if (askedBy(seen, actor))
      throw new AppError('forbidden', 'You asked for this yourself, so a second person decides. You may withdraw it.');
    if (signIn === 'oidc' && !isAskedByPerson(seen))
      throw new AppError(
        'forbidden',
        'It is not known which person asked for this, so nobody can be the second one. Withdraw it; a person who is signed in on the pages asks again.',
      );
    if (seen.planHash !== planHash)
      throw new AppError('conflict', 'The plan is not the one that you looked at. Look at it again.');
    const [decided] = await tx.query(decide, [
      approvalId,
      planHash,
      decision === 'approve' ? 'approved' : 'refused',
      actor.name,
      actor.subject ?? null,
      reason,
      ctx.config.approvals.holdsMs,
    ]);
    if (!decided) {
      const [now] = await tx.query(selectApproval, [approvalId]);
      return notWaiting(now ?? seen);
    }
    await recordAudit(
      tx,
      actor,
      entryOf(`approval.${decision}`, decided, reason, { requestedBy: decided.requestedBy }),
    );
    return summaryOf(decided);
  });
}
