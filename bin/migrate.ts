import './support/version-option';

import { loadConfig } from '@/lib/config';
import { migrationsFolder } from '@/lib/embedded/root';
import { AppError, messageOf } from '@/lib/errors';
import { createLog } from '@/lib/log';
import { migrate } from '@/lib/postgres/migrate';
import { startQueue } from '@/lib/postgres/queue';
import { waitUntilMigrated } from '@/lib/postgres/wait-migrated';

/**
 * Brings the console's database to this release: `node dist/migrate.mjs`, before web and worker of the release start.
 * It migrates as MIGRATION_DATABASE_URL, which owns the tables, and gives the role of DATABASE_URL its rights. It may
 * run twice, also at the same time. Prints what ran. Exit codes: 0 done, 1 failed, 3 no database. `node
 * dist/migrate.mjs wait` changes nothing: it ends once another process has migrated, or with 3 after ten minutes.
 */
const waitMs = 10 * 60_000;

async function main(): Promise<void> {
  const { postgres, logLevel } = loadConfig();
  if (!postgres.url) throw new AppError('unavailable', 'DATABASE_URL is not set. Nothing was changed.');
  const log = createLog('migrate', logLevel);
  if (process.argv[2] === 'wait') {
    await waitUntilMigrated({ url: postgres.url, folder: migrationsFolder(), log, withinMs: waitMs });
    process.stdout.write('The database is up to date.\n');
    return;
  }
  const ran = await migrate({ ...postgres, folder: migrationsFolder(), log, application: 'slc-migrate' });
  process.stdout.write(ran.length > 0 ? `Ran ${ran.join(', ')}.\n` : 'The database is up to date.\n');
  const queue = await startQueue({ url: postgres.url, log, application: 'slc-migrate', worker: false });
  await queue.stop({ graceful: false });
  process.stdout.write('The queue is ready.\n');
}

main().catch((error) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = error instanceof AppError && error.code === 'unavailable' ? 3 : 1;
});
