import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { roles } from './model';

const ms = z.date().transform((at) => at.getTime());

const sessionColumns = `
  id, provider, subject, name, role, user_agent, created_at, last_seen_at, idle_expires_at, expires_at`;
const sessionRow = z.object({
  id: z.string(),
  provider: z.string(),
  subject: z.string(),
  name: z.string(),
  role: z.enum(roles),
  user_agent: z.string(),
  created_at: ms,
  last_seen_at: ms,
  idle_expires_at: ms,
  expires_at: ms,
});
const toSession = (row: z.output<typeof sessionRow>) => ({
  id: row.id,
  provider: row.provider,
  subject: row.subject,
  name: row.name,
  role: row.role,
  userAgent: row.user_agent,
  createdAtMs: row.created_at,
  lastSeenAtMs: row.last_seen_at,
  idleExpiresAtMs: row.idle_expires_at,
  expiresAtMs: row.expires_at,
});
export type SessionRow = ReturnType<typeof toSession>;

/** The database's clock judges every expiry, so that several web processes agree. */
export const insertSession = pgStatement<
  [
    hash: Buffer,
    provider: string,
    subject: string,
    name: string,
    role: string,
    userAgent: string,
    idToken: string | null,
    idleSeconds: number,
    maxSeconds: number,
  ]
>()({
  name: 'auth.insert-session',
  text: `
    INSERT INTO sessions
      (secret_hash, provider, subject, name, role, user_agent, id_token, idle_expires_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8), now() + make_interval(secs => $9))
    RETURNING ${sessionColumns}`,
  row: sessionRow.transform(toSession),
});

/** One lookup by the unique hash; whether its provider is the configured one is the caller's to say. */
export const selectLiveSession = pgStatement<[hash: Buffer]>()({
  name: 'auth.select-session',
  text: `
    SELECT ${sessionColumns}
    FROM sessions
    WHERE secret_hash = $1 AND ended_at IS NULL AND now() < idle_expires_at AND now() < expires_at`,
  row: sessionRow.transform(toSession),
});

/** Puts the idle end off, at most once in `$3` seconds: a page that reads ten times writes once. */
export const touchSession = pgStatement<[id: string, idleSeconds: number, everySeconds: number]>()({
  name: 'auth.touch-session',
  text: `
    UPDATE sessions
    SET last_seen_at = now(), idle_expires_at = now() + make_interval(secs => $2)
    WHERE id = $1 AND ended_at IS NULL AND now() < idle_expires_at
      AND last_seen_at < now() - make_interval(secs => $3)`,
  row: z.never(),
});

/** Ends the session of a cookie; no row where it had ended. The id token is what a sign-out at the provider needs. */
export const endSessionOfSecret = pgStatement<[hash: Buffer, because: 'signed out' | 'replaced']>()({
  name: 'auth.end-session-of-secret',
  text: `
    WITH live AS (SELECT id, id_token FROM sessions WHERE secret_hash = $1 AND ended_at IS NULL FOR UPDATE)
    UPDATE sessions s
    SET ended_at = now(), ended_because = $2, id_token = NULL
    FROM live
    WHERE s.id = live.id
    RETURNING s.id, s.provider, s.subject, s.name, s.role, live.id_token`,
  row: z
    .object({
      id: z.string(),
      provider: z.string(),
      subject: z.string(),
      name: z.string(),
      role: z.enum(roles),
      id_token: z.string().nullable(),
    })
    .transform(({ id_token, ...row }) => ({ ...row, idToken: id_token })),
});

/** Whoever the session `$2` belongs to; their other sessions are theirs as well. */
const ownedBy = (parameter: string) =>
  `(provider, subject) = (SELECT provider, subject FROM sessions WHERE id = ${parameter}::uuid)`;

/** Anybody's where `$2` is true; else only one of the person whose session `$3` is. */
export const revokeSession = pgStatement<[id: string, anybodys: boolean, ownSessionId: string | null]>()({
  name: 'auth.revoke-session',
  text: `
    UPDATE sessions
    SET ended_at = now(), ended_because = 'revoked', id_token = NULL
    WHERE id = $1 AND ended_at IS NULL AND ($2 OR ${ownedBy('$3')})
    RETURNING id, name, role, provider`,
  row: z.object({ id: z.string(), name: z.string(), role: z.enum(roles), provider: z.string() }),
});

/**
 * Live ones, last seen first, at most 500: everybody's where `$1` is true, else those of the person of session `$2`.
 */
export const selectLiveSessions = pgStatement<[everybodys: boolean, ownSessionId: string | null]>()({
  name: 'auth.select-sessions',
  text: `
    SELECT ${sessionColumns}
    FROM sessions
    WHERE ended_at IS NULL AND now() < idle_expires_at AND now() < expires_at AND ($1 OR ${ownedBy('$2')})
    ORDER BY last_seen_at DESC, id
    LIMIT 500`,
  row: sessionRow.transform(toSession),
});

/** What is over for thirty days tells nobody anything; the audit keeps who signed in. */
export const deleteOldSessions = pgStatement<[]>()({
  name: 'auth.delete-old-sessions',
  text: `DELETE FROM sessions WHERE expires_at < now() - interval '30 days'`,
  row: z.never(),
});

export const insertAttempt = pgStatement<
  [stateHash: Buffer, browserHash: Buffer, nonce: string, verifier: string, returnTo: string, seconds: number]
>()({
  name: 'auth.insert-attempt',
  text: `
    INSERT INTO sign_in_attempts (state_hash, browser_hash, nonce, verifier, return_to, expires_at)
    VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
  row: z.never(),
});

export const deleteOldAttempts = pgStatement<[]>()({
  name: 'auth.delete-old-attempts',
  text: 'DELETE FROM sign_in_attempts WHERE expires_at < now()',
  row: z.never(),
});

/** Takes an attempt, once: of two answers with one state the second finds nothing. */
export const takeAttempt = pgStatement<[stateHash: Buffer, browserHash: Buffer]>()({
  name: 'auth.take-attempt',
  text: `
    DELETE FROM sign_in_attempts
    WHERE state_hash = $1 AND browser_hash = $2 AND now() < expires_at
    RETURNING nonce, verifier, return_to`,
  row: z
    .object({ nonce: z.string(), verifier: z.string(), return_to: z.string() })
    .transform(({ return_to, ...row }) => ({ ...row, returnTo: return_to })),
});

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

export const insertToken = pgStatement<
  [
    hash: Buffer,
    name: string,
    role: string,
    createdBy: string,
    createdSubject: string | null,
    provider: string,
    seconds: number,
  ]
>()({
  name: 'auth.insert-token',
  text: `
    INSERT INTO access_tokens (token_hash, name, role, created_by, created_subject, provider, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
    RETURNING ${tokenColumns}`,
  row: tokenRow,
});

/** The token of a secret, whatever its state, and its last use put down, at most once a minute. */
export const useToken = pgStatement<[hash: Buffer]>()({
  name: 'auth.use-token',
  text: `
    WITH used AS (
      UPDATE access_tokens
      SET last_used_at = now()
      WHERE token_hash = $1 AND revoked_at IS NULL AND now() < expires_at
        AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
    )
    SELECT ${tokenColumns}
    FROM access_tokens
    WHERE token_hash = $1`,
  row: tokenRow,
});

export const selectTokens = pgStatement<[]>()({
  name: 'auth.select-tokens',
  text: `
    SELECT ${tokenColumns}
    FROM access_tokens
    ORDER BY revoked_at IS NOT NULL, created_at DESC
    LIMIT 500`,
  row: tokenRow,
});

/** By id, or by the name of the one live token that has it. */
export const revokeToken = pgStatement<[nameOrId: string]>()({
  name: 'auth.revoke-token',
  text: `
    UPDATE access_tokens
    SET revoked_at = now()
    WHERE revoked_at IS NULL AND (name = $1 OR id::text = $1)
    RETURNING ${tokenColumns}`,
  row: tokenRow,
});
