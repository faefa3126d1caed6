import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { may } from '@/lib/auth/permissions';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { askedBy, DecideApproval, isAskedByPerson, type ListedApproval, listedOf } from './model';
import { entryOf, notWaiting } from './request-approval';
import { decide, selectApproval } from './sql';
import { sendStart, startQueue } from './start-queue';
import { startsItself } from './state-model';
import { tellDecided } from './tell-approval';

/**
 * Approves or refuses exactly the plan that the person saw. What starts by itself is sent to the workers in the same
 * transaction. Throws AppError('forbidden') without the role approver; for
 * the person's own request; for a token, since the requester could have made it; for a terminal, except on the demo,
 * where everybody may choose who they are; and, where there is a provider, for a request of an unknown person. Throws
 * AppError('conflict') if the plan is another one or the request no longer waits.
 */
export async function decideApproval(
  ctx: Pick<Context, 'db' | 'config' | 'queue'>,
  input: DecideApproval,
  actor: Actor,
): Promise<ListedApproval> {
  const { approvalId, planHash, decision, reason } = DecideApproval.parse(input);
  if (!may(actor.role, 'backfill.approve'))
    throw new AppError(
      'forbidden',
      `Only an approver may ${decision} this; you are ${actor.role}. Nothing was changed.`,
    );
  const { signIn } = ctx.config.auth;
  if (actor.via !== 'web' && (actor.subject !== undefined || signIn !== 'demo'))
    throw new AppError(
      'forbidden',
      'Only a person who is signed in on the pages can decide. A program or a terminal does not prove who it is. Nothing was changed.',
    );
  const boss = decision === 'approve' ? await startQueue(ctx) : null;
  return ctx.db.transaction(async (tx) => {
    const [seen] = await tx.query(selectApproval, { id: approvalId });
    if (!seen) throw new AppError('not_found', 'There is no such approval.');
    if (askedBy(seen, actor))
      throw new AppError('forbidden', 'You asked for this yourself, so another person decides. You may withdraw it.');
    if (signIn === 'oidc' && !isAskedByPerson(seen))
      throw new AppError(
        'forbidden',
        'It is not known which person asked for this, so nobody can be the second person. Withdraw it, and ask again on the pages, signed in.',
      );
    if (seen.planHash !== planHash)
      throw new AppError('conflict', 'The plan has changed since you looked at it. Look at it again.');
    const [decided] = await tx.query(decide, {
      id: approvalId,
      planHash,
      state: decision === 'approve' ? 'approved' : 'refused',
      decidedBy: actor.name,
      decidedSubject: actor.subject ?? null,
      reason,
      holdsMs: ctx.config.approvals.holdsMs,
    });
    if (!decided) {
      const [now] = await tx.query(selectApproval, { id: approvalId });
      return notWaiting(now ?? seen);
    }
    await recordAudit(
      tx,
      actor,
      entryOf(`approval.${decision}`, decided, reason, { requestedBy: decided.requestedBy }),
    );
    await tellDecided(tx, decided, `${actor.name} ${decided.state} it.`);
    if (boss && startsItself(decided.kind)) await sendStart(boss, tx, decided.id);
    return listedOf(decided);
  });
}
