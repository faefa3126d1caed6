import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { may } from '@/lib/auth/permissions';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { askedBy, type ListedApproval, listedOf, WithdrawApproval } from './model';
import { entryOf, notWaiting } from './request-approval';
import { selectApproval, withdraw } from './sql';
import { tellDecided } from './tell-approval';

/**
 * Withdraws an open request, approved or not. The requester and any approver may do that. Throws AppError('forbidden')
 * for others and AppError('conflict') if the request is no longer open.
 */
export async function withdrawApproval(
  ctx: Pick<Context, 'db'>,
  input: WithdrawApproval,
  actor: Actor,
): Promise<ListedApproval> {
  const { approvalId, reason } = WithdrawApproval.parse(input);
  return ctx.db.transaction(async (tx) => {
    const [seen] = await tx.query(selectApproval, { id: approvalId });
    if (!seen) throw new AppError('not_found', 'There is no such approval.');
    if (!askedBy(seen, actor) && !may(actor.role, 'backfill.approve'))
      throw new AppError('forbidden', `${seen.requestedBy} asked for this. Only they or an approver may withdraw it.`);
    const [ended] = await tx.query(withdraw, { id: approvalId, endedBy: actor.name, reason });
    if (!ended) {
      const [now] = await tx.query(selectApproval, { id: approvalId });
      return notWaiting(now ?? seen);
    }
    await recordAudit(tx, actor, entryOf('approval.withdraw', ended, reason));
    await tellDecided(tx, ended, `${actor.name} withdrew it.`);
    return listedOf(ended);
  });
}
