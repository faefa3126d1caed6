import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { z } from 'zod';
import { type ClickHouseUserName, type RunningClickHouse, startClickHouse } from '@/lib/embedded/clickhouse/start';
import { stopOrphan } from '@/lib/embedded/postgres/orphan';
import { type RunningPostgres, startPostgres } from '@/lib/embedded/postgres/start';
import { migrationsFolder } from '@/lib/embedded/root';
import { messageOf } from '@/lib/errors';
import { createLog, type Log } from '@/lib/log';
import { connectPostgres } from '@/lib/postgres/client';
import { migrate } from '@/lib/postgres/migrate';
import { startQueue } from '@/lib/postgres/queue';
import { signal } from '@/lib/processes';
import { buildBundles } from '@/scripts/build.mjs';

/** What the run's one ClickHouse and one Postgres tell the test files. */
export type TestEngines = {
  clickhouseUrl: string;
  users: Record<ClickHouseUserName, string>;
  postgresPort: number;
  postgresAdminPassword: string;
  /** Of the roles `slc_app`, which the console works as, and `console`, which owns its tables. */
  postgresPasswords: { app: string; owner: string };
  folder: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    engines: TestEngines;
  }
}

/** The migrated database that `freshPostgres` clones. */
export const templateDatabase = 'console_template';

const prefix = 'slc-tests-';
const mint = () => randomBytes(12).toString('base64url');

/**
 * Bundles the programs and starts the engines of a test run in their own folder; all of it is removed after the run.
 */
export default async function setup(project: TestProject) {
  const log = createLog('tests', 'warn');
  await removeLeftovers(log);
  const folder = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'owner'), String(process.pid));
  const given = await givenClickHouse();
  const users = given?.users ?? { slc_reader: mint(), slc_labeler: mint(), slc_deleter: mint(), admin: mint() };
  const started = await Promise.allSettled([
    buildBundles()
      .catch((error: Error) => log.warn(`Not every program could be bundled. ${error.message}`))
      .then(
        (): Promise<Started> | Started => given ?? startClickHouse({ dataDir: join(folder, 'clickhouse'), users, log }),
      ),
    startMigratedPostgres(join(folder, 'stack'), log),
  ]);
  const stop = async () => {
    await Promise.all(started.map((each) => (each.status === 'fulfilled' ? each.value.stop() : undefined)));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const [clickhouse, postgres] = started;
  if (clickhouse.status === 'rejected' || postgres.status === 'rejected') {
    await stop();
    throw clickhouse.status === 'rejected'
      ? clickhouse.reason
      : new Error('Postgres did not start.', { cause: postgres });
  }
  const admin = new URL(postgres.value.adminUrl('postgres'));
  project.provide('engines', {
    clickhouseUrl: clickhouse.value.url,
    users,
    postgresPort: Number(admin.port),
    postgresAdminPassword: admin.password,
    postgresPasswords: {
      app: new URL(postgres.value.url).password,
      owner: new URL(postgres.value.ownerUrl).password,
    },
    folder,
  });
  return stop;
}

type Started = Pick<RunningClickHouse, 'url' | 'stop'>;
const Users = z.object({ slc_reader: z.string(), slc_labeler: z.string(), slc_deleter: z.string(), admin: z.string() });

/**
 * The server of TEST_CLICKHOUSE_URL, with the passwords of the four users as JSON in TEST_CLICKHOUSE_USERS, or null. It
 * must have a cluster `slc` of one shard, itself; databases that a test does not name with `freshName` stay on it.
 */
async function givenClickHouse(): Promise<(Started & Pick<TestEngines, 'users'>) | null> {
  const { TEST_CLICKHOUSE_URL: url, TEST_CLICKHOUSE_USERS: users } = process.env;
  if (!url) return null;
  const answer = await fetch(`${url}/ping`).catch(() => null);
  if (!answer?.ok) throw new Error(`TEST_CLICKHOUSE_URL: nothing answers at ${url}.`);
  process.stdout.write(`Tests run on ${url}; those of the embedded ClickHouse itself are left out.\n`);
  return { url, users: Users.parse(JSON.parse(users ?? '{}')), stop: async () => {} };
}

/** Ends the engines of runs that were killed and removes their folders; what resists is left for the next run. */
async function removeLeftovers(log: Log) {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    const owner = join(folder, 'owner');
    try {
      if (existsSync(owner) && existsSync(`/proc/${readFileSync(owner, 'utf8')}`)) continue;
      if (Date.now() - statSync(folder).mtimeMs < 60_000) continue;
      await stopOrphan(join(folder, 'stack', 'postgres', 'data'));
      signal(processesOn(join(folder, 'clickhouse')), 'SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    } catch (error) {
      log.warn({ folder, reason: messageOf(error) }, 'a folder of a killed test run could not be removed');
    }
  }
}

/** Processes that have the folder among their arguments. */
function processesOn(folder: string): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    try {
      const args = /^\d+$/.test(entry) ? readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0') : [];
      return args.includes(folder) ? [Number(entry)] : [];
    } catch {
      return [];
    }
  });
}

async function startMigratedPostgres(dataDir: string, log: Log): Promise<RunningPostgres> {
  const running = await startPostgres({ dataDir, log, durable: false });
  await makeTemplate(running, log);
  return running;
}

/** A database with every migration and the queue's own tables, which nobody stays connected to. */
async function makeTemplate(running: RunningPostgres, log: Log) {
  const root = connectPostgres({ url: running.adminUrl('postgres'), log, application: 'tests', connectionsMax: 1 });
  await root.pool.query(`CREATE DATABASE ${templateDatabase} OWNER console`);
  await root.close();
  const within = (each: string) => each.replace(/[^/]+$/, templateDatabase);
  const url = within(running.url);
  const ownerUrl = within(running.ownerUrl);
  await migrate({ url, ownerUrl, folder: migrationsFolder(), log, application: 'tests' });
  const queue = await startQueue({ url, log, application: 'tests', worker: false });
  await queue.stop({ graceful: false });
}
