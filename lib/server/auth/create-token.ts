import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor, NewToken, TokenView } from '@/lib/auth/model';
import { hashSecret, mintToken } from '@/lib/auth/secret';
import { insertToken } from '@/lib/auth/sql';
import { AppError } from '@/lib/errors';
import { isConflict } from '@/lib/postgres/client';
import type { Context } from '../context';

const secondsOfADay = 86_400;

/**
 * A new access token; its text is returned this once and stored nowhere. Throws AppError('conflict') when a live token
 * has the name.
 */
export async function createToken(
  ctx: Pick<Context, 'db'>,
  { name, role, days }: NewToken,
  actor: Actor,
): Promise<TokenView & { secret: string }> {
  const secret = mintToken();
  try {
    return await ctx.db.transaction(async (tx) => {
      const params = [hashSecret(secret), name, role, actor.name, days * secondsOfADay] as const;
      const [token] = await tx.query(insertToken, [...params]);
      if (!token) throw new Error('the token was not stored');
      const detail = { tokenId: token.id, role, expiresAt: new Date(token.expiresAtMs).toISOString() };
      await recordAudit(tx, actor, { action: 'auth.createToken', subject: `token ${name}`, detail });
      return { ...token, secret };
    });
  } catch (error) {
    if (!isConflict(error, 'access_tokens_live_name')) throw error;
    throw new AppError('conflict', `A token "${name}" is there already. Revoke it first, or choose another name.`);
  }
}
