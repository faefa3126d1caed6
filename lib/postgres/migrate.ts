import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@/lib/errors';
import type { Postgres } from './client';

const lockKey = 6_242_001;

/**
 * Runs the `0001_name.sql` files of `folder` that have not run yet, in order, each in its own transaction, under an
 * advisory lock so that several processes may start at once. Returns the names that ran.
 * Throws AppError('conflict') when a file was edited after it ran.
 */
export async function migrate(db: Postgres, folder: string): Promise<string[]> {
  const client = await db.pool.connect();
  const ran: string[] = [];
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, sha256 text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())',
    );
    const known = new Map<string, string>(
      (await client.query('SELECT name, sha256 FROM schema_migrations')).rows.map((row) => [row.name, row.sha256]),
    );
    for (const name of readdirSync(folder)
      .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
      .sort()) {
      const text = readFileSync(join(folder, name), 'utf8');
      const sha256 = createHash('sha256').update(text).digest('hex');
      if (known.get(name) === sha256) continue;
      if (known.has(name))
        throw new AppError('conflict', `Migration ${name} was edited after it ran. Add a new one instead.`);
      await client.query('BEGIN');
      await client.query(text);
      await client.query('INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)', [name, sha256]);
      await client.query('COMMIT');
      ran.push(name);
    }
    return ran;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [lockKey]).catch(() => undefined);
    client.release();
  }
}
