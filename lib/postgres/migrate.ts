import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { poll } from '@/lib/poll';
import { connectPostgres, translate } from './client';
import { openToApp } from './roles';

const lockKey = 6_242_001;

/**
 * Runs the `0001_name.sql` files of `folder` that have not run yet, in order, each in its own transaction, as the role
 * of `ownerUrl`. Then it gives the role of `url` its rights, also on new tables. An advisory lock allows several
 * processes to start at once. Returns the names that ran. Throws AppError('conflict') if a file was edited after it
 * ran, AppError('refused') if the role may not migrate, AppError('unavailable') if others keep using a table that a file changes.
 */
export async function migrate(options: {
  url: string;
  /** The URL of the role that owns the tables; if empty, that is the role of `url`. */
  ownerUrl: string;
  folder: string;
  log: Log;
  application: string;
  /** Schemas that the console's role owns, besides that of the queue. */
  schemas?: readonly string[];
}): Promise<string[]> {
  const { log, application } = options;
  const connect = (url: string) => connectPostgres({ url, log, application, connectionsMax: 2 });
  const [owner, app] = [connect(options.ownerUrl || options.url), connect(options.url)];
  try {
    return await locked(owner.pool, async (client) => {
      const ran = await runMissing(client, options);
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
 * Runs `work` on one connection while another holds the lock of the migrations. The lock belongs to a transaction,
 * since through a pooler a session lock would stay with an arbitrary server connection. No timeout of the role ends
 * either.
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
/**
 * For so long a file waits for a lock, behind which everything else waits that uses the table; then it lets it pass and
 * tries again.
 */
const patient = 'SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 5000';
const lockTriesMost = 60;
const betweenTriesMs = 2_000;

async function runMissing(client: PoolClient, { folder, log }: { folder: string; log: Log }): Promise<string[]> {
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
    await runOne(client, { name, text, sha256 }, log);
    ran.push(name);
  }
  return ran;
}

type File = { name: string; text: string; sha256: string };

async function runOne(client: PoolClient, { name, text, sha256 }: File, log: Log): Promise<void> {
  let tries = 0;
  await poll({ firstMs: betweenTriesMs, mostMs: betweenTriesMs }, async () => {
    try {
      await client.query(`BEGIN; ${patient}`);
      await client.query(text);
      await client.query('INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)', [name, sha256]);
      await client.query('COMMIT');
      return true;
    } catch (error) {
      if ((error as { code?: string }).code !== lockNotAvailable) throw error;
      await client.query('ROLLBACK');
      tries += 1;
      if (tries >= lockTriesMost)
        throw new AppError(
          'unavailable',
          `Migration ${name} could not lock a table, because other work used it for minutes. Nothing was changed by it; end the long transactions and start again.`,
          { cause: error },
        );
      log.warn({ migration: name, tries }, 'a migration waits for a table that other work uses, and tries again');
      return null;
    }
  });
}
const lockNotAvailable = '55P03';

/** Throws for a server before Postgres 13, which has gen_random_uuid and lets an owner install btree_gist. */
export function requireVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (major >= 13) return;
  throw new AppError(
    'refused',
    `The console needs Postgres 13 or later; this server is Postgres ${major}. Nothing was changed.`,
  );
}

/** Whether a file of the folder is a migration. */
export const isMigration = (file: string): boolean => /^\d{4}_[a-z0-9_]+\.sql$/.test(file);

/** The role, and whether it owns the tables. It does too if there are none yet and it may make them. */
async function readOwner(client: PoolClient): Promise<{ role: string; made: boolean; owns: boolean; version: number }> {
  const { rows } = await client.query(`
    SELECT current_user AS role, current_setting('server_version_num')::integer AS version, relowner IS NOT NULL AS made,
      coalesce(pg_has_role(current_user, relowner, 'USAGE'), has_schema_privilege('public', 'CREATE')) AS owns
    FROM (SELECT to_regclass('public.schema_migrations') AS oid) found LEFT JOIN pg_class USING (oid)`);
  return rows[0];
}
