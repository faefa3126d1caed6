import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor, Identity } from '@/lib/auth/model';
import { arriveFrom } from '@/lib/auth/oidc';
import { openSession } from '@/lib/auth/open-session';
import { hashSecret } from '@/lib/auth/secret';
import { takeAttempt } from '@/lib/auth/sql/attempts';
import type { Context } from '@/lib/context';
import { requireWithinLimit } from '@/lib/edge/limits';
import { AppError } from '@/lib/errors';
import { callbackUrl, requireOidc } from './start-sign-in';

/** What the browser sends: the secret of its last session, and its user agent. */
export type Browser = { previousSecret: string | undefined; userAgent: string; requestId: string };

/**
 * Ends a sign-in at the provider: `search` is the query the provider sent, `browserSecret` the cookie of the attempt.
 * The attempt is taken first, so that nothing in it is ever used twice. Returns the new session's secret. Throws
 * AppError('conflict') for an attempt that is unknown, used, too old or of another browser; else as `arriveFrom`.
 */
export async function finishSignIn(
  ctx: Pick<Context, 'config' | 'db'>,
  options: Browser & { search: string; browserSecret: string | undefined },
): Promise<{ secret: string; returnTo: string }> {
  const oidc = requireOidc(ctx);
  const answer = new URL(options.search, callbackUrl(ctx.config.web.baseUrl));
  const state = answer.searchParams.get('state') ?? '';
  const [attempt] = options.browserSecret
    ? await ctx.db.query(takeAttempt, { stateHash: hashSecret(state), browserHash: hashSecret(options.browserSecret) })
    : [];
  if (!attempt)
    throw new AppError(
      'conflict',
      'This sign-in was used already, is too old, or was started in another browser. Sign in again.',
    );
  const { identity, idToken } = await arriveFrom(oidc, { answer, state, ...attempt });
  await requireWithinLimit(ctx, 'sign-in', { person: `${identity.provider} ${identity.subject}` });
  return { secret: await signInAs(ctx, { ...options, identity, idToken }), returnTo: attempt.returnTo };
}

/** Opens the session of a person who was let in, and writes the audit row. Returns the secret for the cookie. */
export function signInAs(
  ctx: Pick<Context, 'config' | 'db'>,
  options: Browser & { identity: Identity; idToken: string | null },
): Promise<string> {
  const { identity, requestId } = options;
  return ctx.db.transaction(async (tx) => {
    const { secret, session } = await openSession(tx, ctx.config.auth, options);
    const actor: Actor = { name: identity.name, role: identity.role, via: 'web', requestId };
    const detail = { sessionId: session.id, provider: identity.provider, subject: identity.subject };
    await recordAudit(tx, actor, { action: 'auth.signIn', subject: `${identity.name} signed in`, detail });
    return secret;
  });
}
