import { recordAudit } from '@/lib/audit/record-audit';
import { type Actor, type NewToken, personOf, type TokenView } from '@/lib/auth/model';
import { hashSecret, mintToken } from '@/lib/auth/secret';
import { insertToken } from '@/lib/auth/sql/tokens';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { isConflict } from '@/lib/postgres/client';

const secondsOfADay = 86_400;

/**
 * Creates an access token and records who made it. Its text is returned once and stored nowhere. Throws
 * AppError('conflict') if a valid token has this name.
 */
export async function createToken(
  ctx: Pick<Context, 'db' | 'config'>,
  { name, role, days }: NewToken,
  actor: Actor,
): Promise<TokenView & { secret: string }> {
  const secret = mintToken();
  try {
    return await ctx.db.transaction(async (tx) => {
      const [token] = await tx.query(insertToken, {
        hash: hashSecret(secret),
        name,
        role,
        createdBy: actor.name,
        createdSubject: personOf(actor) ?? null,
        provider: ctx.config.auth.provider,
        seconds: days * secondsOfADay,
      });
      if (!token) throw new Error('the token was not stored');
      const detail = { tokenId: token.id, role, expiresAt: new Date(token.expiresAtMs).toISOString() };
      await recordAudit(tx, actor, { action: 'auth.createToken', subject: `token ${name}`, detail });
      return { ...token, secret };
    });
  } catch (error) {
    if (!isConflict(error, 'access_tokens_live_name')) throw error;
    throw new AppError('conflict', `There is already a token "${name}". Revoke it first, or choose another name.`);
  }
}
