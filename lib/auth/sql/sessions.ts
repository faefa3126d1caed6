import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { roles } from '../permissions';

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
export const insertSession = pgStatement({
  name: 'auth.insert_session',
  text: `
    INSERT INTO sessions
      (secret_hash, provider, subject, name, role, user_agent, id_token, idle_expires_at, expires_at)
    VALUES (:hash, :provider, :subject, :name, :role, :userAgent, :idToken, now() + make_interval(secs => :idleSeconds), now() + make_interval(secs => :maxSeconds))
    RETURNING ${sessionColumns}`,
  params: z.object({
    hash: z.instanceof(Buffer),
    provider: z.string(),
    subject: z.string(),
    name: z.string(),
    role: z.string(),
    userAgent: z.string(),
    idToken: z.string().nullable(),
    idleSeconds: z.number(),
    maxSeconds: z.number(),
  }),
  row: sessionRow.transform(toSession),
});

/** One lookup by the unique hash; whether its provider is the configured one is the caller's to say. */
export const selectLiveSession = pgStatement({
  name: 'auth.select_session',
  text: `
    SELECT ${sessionColumns}
    FROM sessions
    WHERE secret_hash = :hash AND ended_at IS NULL AND now() < idle_expires_at AND now() < expires_at`,
  params: z.object({ hash: z.instanceof(Buffer) }),
  row: sessionRow.transform(toSession),
});

/** Puts the idle end off, at most once in `:everySeconds` seconds: a page that reads ten times writes once. */
export const touchSession = pgStatement({
  name: 'auth.touch_session',
  text: `
    UPDATE sessions
    SET last_seen_at = now(), idle_expires_at = now() + make_interval(secs => :idleSeconds)
    WHERE id = :id AND ended_at IS NULL AND now() < idle_expires_at
      AND last_seen_at < now() - make_interval(secs => :everySeconds)`,
  params: z.object({ id: z.string(), idleSeconds: z.number(), everySeconds: z.number() }),
  row: z.never(),
});

/** Ends the session of a cookie; no row where it had ended. The id token is what a sign-out at the provider needs. */
export const endSessionOfSecret = pgStatement({
  name: 'auth.end_session_of_secret',
  text: `
    WITH live AS (SELECT id, id_token FROM sessions WHERE secret_hash = :hash AND ended_at IS NULL FOR UPDATE)
    UPDATE sessions s
    SET ended_at = now(), ended_because = :because, id_token = NULL
    FROM live
    WHERE s.id = live.id
    RETURNING s.id, s.provider, s.subject, s.name, s.role, live.id_token`,
  params: z.object({ hash: z.instanceof(Buffer), because: z.enum(['signed out', 'replaced']) }),
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

/** The person of the session `:ownSessionId` owns their other sessions as well. */
const isOwn = '(provider, subject) = (SELECT provider, subject FROM sessions WHERE id = :ownSessionId::uuid)';

/** Anybody's where `:anybodys` is true; else only one of the person whose session `:ownSessionId` is. */
export const revokeSession = pgStatement({
  name: 'auth.revoke_session',
  text: `
    UPDATE sessions
    SET ended_at = now(), ended_because = 'revoked', id_token = NULL
    WHERE id = :id AND ended_at IS NULL AND (:anybodys OR ${isOwn})
    RETURNING id, name, role, provider`,
  params: z.object({ id: z.string(), anybodys: z.boolean(), ownSessionId: z.string().nullable() }),
  row: z.object({ id: z.string(), name: z.string(), role: z.enum(roles), provider: z.string() }),
});

/**
 * Live ones, last seen first, at most 500: everybody's where `:everybodys` is true, else those of the person of session
 * `:ownSessionId`.
 */
export const selectLiveSessions = pgStatement({
  name: 'auth.select_sessions',
  text: `
    SELECT ${sessionColumns}
    FROM sessions
    WHERE ended_at IS NULL AND now() < idle_expires_at AND now() < expires_at AND (:everybodys OR ${isOwn})
    ORDER BY last_seen_at DESC, id
    LIMIT 500`,
  params: z.object({ everybodys: z.boolean(), ownSessionId: z.string().nullable() }),
  row: sessionRow.transform(toSession),
});
