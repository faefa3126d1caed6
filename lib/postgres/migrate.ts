import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { connectPostgres, translate } from './client';
import { openToApp } from './roles';

const lockKey = 6_242_001;

/**
 * Runs the `0001_name.sql` files of `folder` that have not run yet, in order, each in its own transaction, as the role
 * of `ownerUrl`; then gives the role of `url` its rights, new tables included. Under an advisory lock, so that several
 * processes may start at once. Returns the names that ran.
 * Throws AppError('conflict') when a file was edited after it ran, AppError('refused') when the role may not migrate.
 */
export async function migrate(options: {
  url: string;
  /** The role that owns the tables; the app's own when empty. */
  ownerUrl: string;
  folder: string;
  log: Log;
  application: string;
  /** Schemas that the app's role owns beside the queue's. */
  schemas?: readonly string[];
}): Promise<string[]> {
  const { log, application } = options;
  const connect = (url: string) => connectPostgres({ url, log, application, connectionsMax: 2 });
  const [owner, app] = [connect(options.ownerUrl || options.url), connect(options.url)];
  try {
    return await locked(owner.pool, async (client) => {
      const ran = await runMissing(client, options.folder);
      await openToApp(client, app, ['pgboss', ...(options.schemas ?? [])]);
      return ran;
    });
  } catch (error) {
    throw translate(error);
  } finally {
    await Promise.allSettled([owner.close(), app.close()]);
  }
}

/**
 * Runs `work` on one connection while another holds the migrations' lock: in a transaction, because through a pooler a
 * lock of a session stays with whichever server connection took it. Neither ends by a timeout that the role may have.
 */
async function locked<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const [holder, client] = [await pool.connect(), await pool.connect()];
  let failure: Error | undefined;
  for (const each of [holder, client])
    each.on('error', (error) => {
      failure = error;
    });
  try {
    await holder.query(`BEGIN; ${unlimited}; SET LOCAL idle_in_transaction_session_timeout = 0`);
    await holder.query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
    return await work(client);
  } finally {
    for (const each of [client, holder]) {
      await each.query('ROLLBACK').catch(() => undefined);
      each.release(failure);
    }
  }
}

const unlimited = 'SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0';

async function runMissing(client: PoolClient, folder: string): Promise<string[]> {
  const table = `CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY, sha256 text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())`;
  const { role, made, owns, version } = await readOwner(client);
  requireVersion(version);
  const refusal = `${role} does not own the console's tables and cannot migrate them. Set MIGRATION_DATABASE_URL to their owner.`;
  if (!made && !owns) throw new AppError('refused', refusal);
  if (!made) await client.query(table);
  const known = new Map<string, string>(
    (await client.query('SELECT name, sha256 FROM schema_migrations')).rows.map((row) => [row.name, row.sha256]),
  );
  const ran: string[] = [];
  for (const name of readdirSync(folder).filter(isMigration).sort()) {
    const text = readFileSync(join(folder, name), 'utf8');
    const sha256 = createHash('sha256').update(text).digest('hex');
    if (known.get(name) === sha256) continue;
    if (known.has(name))
      throw new AppError('conflict', `Migration ${name} was edited after it ran. Add a new one instead.`);
    if (!owns) throw new AppError('refused', refusal);
    await client.query(`BEGIN; ${unlimited}`);
    await client.query(text);
    await client.query('INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)', [name, sha256]);
    await client.query('COMMIT');
    ran.push(name);
  }
  return ran;
}

/** Postgres 13 made btree_gist installable without a superuser, and gen_random_uuid its own. */
export function requireVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (major >= 13) return;
  throw new AppError(
    'refused',
    `The console needs Postgres 13 or later; this server is Postgres ${major}. Nothing was changed.`,
  );
}

/** What counts as a migration in a folder of them. */
export const isMigration = (file: string): boolean => /^\d{4}_[a-z0-9_]+\.sql$/.test(file);

/** Whose tables they are, or may be: `owns` also where there are none yet and this role may make them. */
async function readOwner(client: PoolClient): Promise<{ role: string; made: boolean; owns: boolean; version: number }> {
  const { rows } = await client.query(`
    SELECT current_user AS role, current_setting('server_version_num')::integer AS version, relowner IS NOT NULL AS made,
      coalesce(pg_has_role(current_user, relowner, 'USAGE'), has_schema_privilege('public', 'CREATE')) AS owns
    FROM (SELECT to_regclass('public.schema_migrations') AS oid) found LEFT JOIN pg_class USING (oid)`);
  return rows[0];
}
