import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import { isSameProvider, type TokenView } from './model';
import { hashSecret } from './secret';
import { useToken } from './sql/tokens';

/**
 * The valid token of a secret, and records its use. Throws AppError('unauthenticated') for any other text, with the
 * reason if the token was known once, or is of another provider than the configured one.
 * NOTE: tokens from before their provider was stored have none and stay valid.
 */
export async function readToken(
  { db, config }: { db: Db; config: Pick<Config, 'auth'> },
  secret: string,
): Promise<TokenView> {
  const [token] = /^slc_[\w-]{43}$/.test(secret) ? await db.query(useToken, { hash: hashSecret(secret) }) : [];
  if (!token) throw new AppError('unauthenticated', 'This access token is not known. An approver can create one.');
  if (token.provider !== null && !isSameProvider(token.provider, config.auth.provider))
    throw new AppError(
      'unauthenticated',
      `The access token "${token.name}" was made for another sign-in provider than this console has. An approver can create another.`,
    );
  if (token.state === 'valid') return token;
  const since = token.state === 'expired' ? `expired on ${day(token.expiresAtMs)}` : 'was revoked';
  throw new AppError('unauthenticated', `The access token "${token.name}" ${since}. An approver can create another.`);
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
