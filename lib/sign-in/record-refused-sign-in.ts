import { type AuditRecord, recordAudit } from '@/lib/audit/record-audit';
import { Unadmitted } from '@/lib/auth/unadmitted';
import type { Context } from '@/lib/context';
import { countRefusedSignIn } from '@/lib/edge/limits';
import { AppError, type ErrorCode, messageOf } from '@/lib/errors';

/** The codes of refusals. A provider or database that is down has refused nobody. */
const refusals = new Set<ErrorCode>(['forbidden', 'unauthenticated', 'conflict']);

/**
 * Writes a refused sign-in to the audit: the person if the provider proved who it was, the sentence, and the class of
 * the reason; no code, state or token. A stranger can try without end, so after a certain number in a minute one row
 * says that the others are only in the log. The answer does not depend on it: a row that cannot be written is logged.
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
            subject: 'So many sign-ins were refused within a minute that only the log has the others.',
          };
    await ctx.db.transaction((tx) => recordAudit(tx, actor, { ...entry, result: 'refused' }));
  } catch (cause) {
    ctx.log.error({ requestId, reason: messageOf(cause) }, 'a refused sign-in could not be audited');
  }
}

/** The provider's error code, such as "invalid_grant", or the check that failed. */
function reasonOf(cause: unknown): { reason?: string } {
  if (cause instanceof Unadmitted) return { reason: cause.reason };
  const { error, code } = (cause ?? {}) as { error?: unknown; code?: unknown };
  const reason = [error, code].find((word) => typeof word === 'string' && /^\w{1,60}$/.test(word));
  return typeof reason === 'string' ? { reason } : {};
}
