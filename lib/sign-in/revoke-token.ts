import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor, TokenView } from '@/lib/auth/model';
import { revokeToken as revoke } from '@/lib/auth/sql/tokens';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';

/** Revokes a token by name or id. Its next use is refused. Throws AppError('not_found') if no valid token has it. */
export function revokeToken(ctx: Pick<Context, 'db'>, nameOrId: string, actor: Actor): Promise<TokenView> {
  return ctx.db.transaction(async (tx) => {
    const [token] = await tx.query(revoke, { nameOrId });
    if (!token) throw new AppError('not_found', `No valid token is named "${nameOrId}".`);
    const entry = { action: 'auth.revokeToken', subject: `token ${token.name}`, detail: { tokenId: token.id } };
    await recordAudit(tx, actor, entry);
    return token;
  });
}
