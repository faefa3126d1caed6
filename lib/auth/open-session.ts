import type { Config } from '@/lib/config';
import type { Transaction } from '@/lib/postgres/client';
import type { Identity } from './model';
import { hashSecret, mintSecret } from './secret';
import { endSessionOfSecret, insertSession, type SessionRow } from './sql/sessions';

const userAgentMax = 300;

/**
 * Opens a session with a new secret and ends the one that the browser had, so that a session id from before the sign-in
 * is worth nothing after it. Returns the secret for the cookie.
 */
export async function openSession(
  tx: Transaction,
  { session }: Pick<Config['auth'], 'session'>,
  options: { identity: Identity; userAgent: string; idToken: string | null; previousSecret: string | undefined },
): Promise<{ secret: string; session: SessionRow }> {
  const { identity, previousSecret } = options;
  if (previousSecret) await tx.query(endSessionOfSecret, { hash: hashSecret(previousSecret), because: 'replaced' });
  const secret = mintSecret();
  const [made] = await tx.query(insertSession, {
    hash: hashSecret(secret),
    provider: identity.provider,
    subject: identity.subject,
    name: identity.name,
    role: identity.role,
    userAgent: options.userAgent.slice(0, userAgentMax),
    idToken: options.idToken,
    idleSeconds: session.idleSeconds,
    maxSeconds: session.maxSeconds,
  });
  if (!made) throw new Error('the session was not stored');
  return { secret, session: made };
}
