import { readdirSync } from 'node:fs';
import { AppError, messageOf } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { every, poll } from '@/lib/poll';
import { connectPostgres } from './client';
import { isMigration } from './migrate';

const lookEveryMs = 1_000;

/**
 * Returns once every migration of `folder` has run in the database of `url`, whichever process runs them. A release
 * waits for this before it starts. It keeps trying while the database does not answer. Throws AppError('unavailable')
 * after `withinMs` with the names of the missing migrations.
 */
export async function waitUntilMigrated(options: {
  url: string;
  folder: string;
  log: Log;
  withinMs: number;
}): Promise<void> {
  const { url, log } = options;
  const wanted = readdirSync(options.folder).filter(isMigration).sort();
  const db = connectPostgres({ url, log, application: 'slc-wait', connectionsMax: 1 });
  let missing = '';
  const look = async () => {
    missing = await db.pool.query('SELECT name FROM schema_migrations').then(
      ({ rows }) => wanted.filter((name) => !rows.some((row) => row.name === name)).join(', '),
      (error) => `all: ${messageOf(error)}`,
    );
    if (missing === '') return true;
    log.info({ missing }, 'waiting for the migration');
    return null;
  };
  try {
    if (!(await poll({ ...every(lookEveryMs), withinMs: options.withinMs }, look)))
      throw new AppError('unavailable', `The database is not migrated yet. These migrations are missing: ${missing}`);
  } finally {
    await db.close();
  }
}
