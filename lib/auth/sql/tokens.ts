import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { roles } from '../permissions';

const ms = z.date().transform((at) => at.getTime());

const tokenState = `
  CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN now() >= expires_at THEN 'expired' ELSE 'valid' END`;
const tokenRow = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    created_by: z.string(),
    created_subject: z.string().nullable(),
    provider: z.string().nullable(),
    created_at: ms,
    expires_at: ms,
    last_used_at: z
      .date()
      .nullable()
      .transform((at) => at?.getTime() ?? null),
    state: z.enum(['valid', 'expired', 'revoked']),
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    role: row.role,
    createdBy: row.created_by,
    createdSubject: row.created_subject,
    provider: row.provider,
    createdAtMs: row.created_at,
    expiresAtMs: row.expires_at,
    lastUsedAtMs: row.last_used_at,
    state: row.state,
  }));
const tokenColumns = `id, name, role, created_by, created_subject, provider, created_at, expires_at, last_used_at, ${tokenState} AS state`;

export const insertToken = pgStatement({
  name: 'auth.insert_token',
  text: `
    INSERT INTO access_tokens (token_hash, name, role, created_by, created_subject, provider, expires_at)
    VALUES (:hash, :name, :role, :createdBy, :createdSubject, :provider, now() + make_interval(secs => :seconds))
    RETURNING ${tokenColumns}`,
  params: z.object({
    hash: z.instanceof(Buffer),
    name: z.string(),
    role: z.string(),
    createdBy: z.string(),
    createdSubject: z.string().nullable(),
    provider: z.string(),
    seconds: z.number(),
  }),
  row: tokenRow,
});

/** The token of a secret, whatever its state, and its last use put down, at most once a minute. */
export const useToken = pgStatement({
  name: 'auth.use_token',
  text: `
    WITH used AS (
      UPDATE access_tokens
      SET last_used_at = now()
      WHERE token_hash = :hash AND revoked_at IS NULL AND now() < expires_at
        AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
    )
    SELECT ${tokenColumns}
    FROM access_tokens
    WHERE token_hash = :hash`,
  params: z.object({ hash: z.instanceof(Buffer) }),
  row: tokenRow,
});

export const selectTokens = pgStatement({
  name: 'auth.select_tokens',
  text: `
    SELECT ${tokenColumns}
    FROM access_tokens
    ORDER BY revoked_at IS NOT NULL, created_at DESC
    LIMIT 500`,
  row: tokenRow,
});

/** By id, or by the name of the one live token that has it. */
export const revokeToken = pgStatement({
  name: 'auth.revoke_token',
  text: `
    UPDATE access_tokens
    SET revoked_at = now()
    WHERE revoked_at IS NULL AND (name = :nameOrId OR id::text = :nameOrId)
    RETURNING ${tokenColumns}`,
  params: z.object({ nameOrId: z.string() }),
  row: tokenRow,
});
