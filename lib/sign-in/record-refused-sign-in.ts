import { type AuditRecord, recordAudit } from '@/lib/audit/record-audit';
import { Unadmitted } from '@/lib/auth/unadmitted';
import type { Context } from '@/lib/context';
import { countRefusedSignIn } from '@/lib/edge/limits';
import { AppError, type ErrorCode, messageOf } from '@/lib/errors';

/** A provider or a database that is away refused nobody. */
const refusals = new Set<ErrorCode>(['forbidden', 'unauthenticated', 'conflict']);

/**
 * Writes a sign-in that was refused: who tried where the provider proved it, the sentence, the class of the reason; no
 * code, state or token. Strangers can ask without end, so that after a minute's share one row says that the rest of
 * the minute stands in the log alone. The answer does not depend on it: a row that cannot be written is logged.
 */
export async function recordRefusedSignIn(
  ctx: Pick<Context, 'config' | 'db' | 'log'>,
  { error, requestId }: { error: unknown; requestId: string },
): Promise<void> {
  if (!(error instanceof AppError && refusals.has(error.code))) return;
  try {
    const share = await countRefusedSignIn(ctx);
    if (share === 'spent') return;
    const person = error.cause instanceof Unadmitted ? error.cause.person : null;
    const actor = {
      name: person?.name ?? 'unknown',
      role: 'none',
      via: 'web',
      requestId,
      ...(person && { subject: `${person.provider} ${person.subject}` }),
    } as const;
    const entry: AuditRecord =
      share === 'within'
        ? { action: 'auth.signIn', subject: error.message, detail: { code: error.code, ...reasonOf(error.cause) } }
        : {
            action: 'auth.signIn',
            subject: 'So many sign-ins were refused within a minute that the rest of it stands in the log alone.',
          };
    await ctx.db.transaction((tx) => recordAudit(tx, actor, { ...entry, result: 'refused' }));
  } catch (cause) {
    ctx.log.error({ requestId, reason: messageOf(cause) }, 'a refused sign-in could not be audited');
  }
}

/** The provider's own word for it, such as "invalid_grant", or the check that did not hold. */
function reasonOf(cause: unknown): { reason?: string } {
  if (cause instanceof Unadmitted) return { reason: cause.reason };
  const { error, code } = (cause ?? {}) as { error?: unknown; code?: unknown };
  const reason = [error, code].find((word) => typeof word === 'string' && /^\w{1,60}$/.test(word));
  return typeof reason === 'string' ? { reason } : {};
}
