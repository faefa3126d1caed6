import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@/lib/embedded/postgres/start';
import { migrationsFolder } from '@/lib/embedded/root';
import { createLog } from '@/lib/log';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { migrate } from '@/lib/postgres/migrate';
import { freePort } from '@/scripts/support/stack.mjs';
import { until } from '@/tests/support/until';

const readyWithinMs = 120_000;
const log = createLog('tests', 'warn');

/** A Postgres with the console's tables, in its own folder. */
export async function startDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'slc-web-'));
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ dataDir: folder, log, durable: false });
  const { url, ownerUrl } = postgres;
  await migrate({ url, ownerUrl, folder: migrationsFolder(), log, application: 'tests' });
  const db: Postgres = connectPostgres({ url: ownerUrl, log, application: 'tests', connectionsMax: 3 });
  return {
    url,
    db,
    folder,
    postgres,
    async stop() {
      await db.close();
      await this.postgres.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
export type Database = Awaited<ReturnType<typeof startDatabase>>;

/** Leaves nothing of a limit of somebody who was counted before; `who` is a name, or "unknown" for any address. */
export const useUp = (database: Database, limit: string, who: string) => spend(database, limit, who, 1_000_000);

/** As if somebody who was counted before had come `points` times within the last minute. */
export async function spend(database: Database, limit: string, who: string, points: number): Promise<void> {
  const key = `${limit}:${createHash('sha256').update(who).digest('base64url')}`;
  const expire = Date.now() + 60_000;
  const { rowCount } = await database.db.pool.query('UPDATE rate_limits SET points = $3, expire = $2 WHERE key = $1', [
    key,
    expire,
    points,
  ]);
  if (rowCount !== 1) throw new Error(`nothing was counted under ${limit} of ${who}`);
}

/**
 * The pages as they were built, on `database` and on a ClickHouse that does not answer: who may come in is decided
 * without it. `port` lets a test know the address before the start.
 */
export async function startWeb(database: Database, options: { port?: number; env?: Record<string, string> } = {}) {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const said = join(database.folder, `web-${port}.log`);
  const child = spawn(process.execPath, [join('dist', 'web.mjs')], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      SLC_LOG_LEVEL: 'info',
      SLC_DATA_DIR: database.folder,
      DATABASE_URL: database.url,
      CLICKHOUSE_URL: 'http://127.0.0.1:9',
      HOST: '127.0.0.1',
      PORT: String(port),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const file = createWriteStream(said);
  child.stdout.pipe(file, { end: false });
  child.stderr.pipe(file, { end: false });
  let code: number | null = null;
  const exited = new Promise<void>((resolve) =>
    child.once('close', (ended) => {
      code = ended ?? 1;
      resolve();
    }),
  );
  const output = () => readFileSync(said, 'utf8');
  const ready = async () => code !== null || answers(`${url}/api/health`);
  await until('the pages answer, or end', ready, readyWithinMs).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    url,
    output,
    /** Null while it runs. */
    exitCode: () => code,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
export type Web = Awaited<ReturnType<typeof startWeb>>;

const answers = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    (response) => response.ok,
    () => false,
  );
