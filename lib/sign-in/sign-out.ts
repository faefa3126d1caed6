import { recordAudit } from '@/lib/audit/record-audit';
import { signOutUrl } from '@/lib/auth/oidc';
import { hashSecret } from '@/lib/auth/secret';
import { endSessionOfSecret } from '@/lib/auth/sql/sessions';
import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';

/**
 * Ends the session of a cookie. Returns where the browser goes next: to the provider, which signs the person out too
 * and sends them back, or to the sign-in, which says if the provider could not be reached.
 */
export async function signOut(
  ctx: Pick<Context, 'config' | 'db' | 'log'>,
  secret: string | undefined,
  requestId: string,
): Promise<string> {
  const ended = secret
    ? await ctx.db.transaction(async (tx) => {
        const [session] = await tx.query(endSessionOfSecret, { hash: hashSecret(secret), because: 'signed out' });
        if (!session) return null;
        const { name, role } = session;
        const entry = { action: 'auth.signOut', subject: `${name} signed out`, detail: { sessionId: session.id } };
        await recordAudit(tx, { name, role, via: 'web', requestId }, entry);
        return session;
      })
    : null;
  const { oidc } = ctx.config.auth;
  if (!oidc || !ended?.idToken) return '/sign-in?signedOut=here';
  const returnTo = new URL('/sign-in?signedOut=everywhere', ctx.config.web.baseUrl).href;
  try {
    const url = await signOutUrl(oidc, { idToken: ended.idToken, returnTo });
    return url?.href ?? '/sign-in?signedOut=here';
  } catch (error) {
    ctx.log.warn({ requestId, reason: messageOf(error) }, 'the provider could not be asked to sign a person out');
    return '/sign-in?problem=still+signed+in+there';
  }
}
