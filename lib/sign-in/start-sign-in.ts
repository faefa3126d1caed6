import { attemptSeconds } from '@/lib/auth/cookie';
import { safeReturnTo } from '@/lib/auth/model';
import { departTo } from '@/lib/auth/oidc';
import { hashSecret, mintSecret } from '@/lib/auth/secret';
import { insertAttempt } from '@/lib/auth/sql/attempts';
import type { OidcConfig } from '@/lib/config-auth';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';

/** Where the provider sends the browser back to. It must be registered there for this client. */
export const callbackUrl = (baseUrl: string): string => new URL('/api/auth/callback', baseUrl).href;

/** The provider's configuration. Throws AppError('not_found') if people do not sign in through a provider. */
export function requireOidc(ctx: Pick<Context, 'config'>): OidcConfig {
  const { oidc } = ctx.config.auth;
  if (oidc) return oidc;
  throw new AppError('not_found', 'This console has no sign-in provider.');
}

/**
 * Begins a sign-in at the provider. `browser` is the secret for the cookie that binds the answer to this browser, for
 * ten minutes. Throws AppError('unavailable') if the provider does not answer.
 */
export async function startSignIn(
  ctx: Pick<Context, 'config' | 'db'>,
  options: { returnTo: unknown; again: boolean },
): Promise<{ url: URL; state: string; browser: string }> {
  const oidc = requireOidc(ctx);
  const redirectUri = callbackUrl(ctx.config.web.baseUrl);
  const { url, state, nonce, verifier } = await departTo(oidc, { redirectUri, again: options.again });
  const browser = mintSecret();
  const returnTo = safeReturnTo(options.returnTo);
  await ctx.db.query(insertAttempt, {
    stateHash: hashSecret(state),
    browserHash: hashSecret(browser),
    nonce,
    verifier,
    returnTo,
    seconds: attemptSeconds,
  });
  return { url, state, browser };
}
