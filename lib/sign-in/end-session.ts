import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor, EndSession } from '@/lib/auth/model';
import { may } from '@/lib/auth/permissions';
import { revokeSession } from '@/lib/auth/sql/sessions';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';

/**
 * Revokes a session: a person's own, or any if they may manage sessions. Its next request is signed out. Throws
 * AppError('not_found') for a session that has ended, or that this person may not end.
 */
export function endSession(
  ctx: Pick<Context, 'db'>,
  { sessionId }: EndSession,
  actor: Actor,
): Promise<{ name: string }> {
  return ctx.db.transaction(async (tx) => {
    const anybodys = may(actor.role, 'sessions.manage');
    const [ended] = await tx.query(revokeSession, { id: sessionId, anybodys, ownSessionId: actor.sessionId ?? null });
    if (!ended) throw new AppError('not_found', 'No session that you may end has this id. It may have ended.');
    const detail = { sessionId, of: ended.name, provider: ended.provider };
    await recordAudit(tx, actor, { action: 'auth.endSession', subject: `session of ${ended.name}`, detail });
    return { name: ended.name };
  });
}
