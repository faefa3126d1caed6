import type { PgBoss } from 'pg-boss';
import { ClickHouse } from '@/lib/clickhouse/client';
import { patienceOf, personWaitsMs } from '@/lib/clickhouse/patience';
import { type Clock, systemClock } from '@/lib/clock';
import { type Config, loadConfig, requireEngines } from '@/lib/config';
import { createLauncher } from '@/lib/jobs/create-launcher';
import type { Launcher } from '@/lib/jobs/launcher';
import { createLog, type Log } from '@/lib/log';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { startQueue } from '@/lib/postgres/queue';

/** What every use case needs. Each process builds it once. `clickhouse` is the reader, which may only SELECT. */
export type Context = {
  config: Config;
  log: Log;
  clock: Clock;
  db: Postgres;
  clickhouse: ClickHouse;
  /** The queue. It is started at its first use, so that a process that sends nothing opens no connection for it. */
  queue(): Promise<PgBoss>;
  launcher(): Promise<Launcher>;
  close(): Promise<void>;
};

/** For how long a failed read of the worker is repeated before its step is. */
const retryMs = 3_000;

/** Runs `make` once, or again if it failed. */
function once<T>(make: () => Promise<T>): { get(): Promise<T>; made(): Promise<T> | null } {
  let made: Promise<T> | null = null;
  return {
    get() {
      made ??= make().catch((error) => {
        made = null;
        throw error;
      });
      return made;
    },
    made: () => made,
  };
}

/**
 * Builds the context of a process (web, worker, cli). It connects at first use, so an engine that is down is
 * noticed then. Throws AppError('unavailable') if no engine is configured.
 */
export function createContext(options: { process: string; config?: Config; log?: Log; clock?: Clock }): Context {
  const config = options.config ?? loadConfig();
  requireEngines(config);
  const log = options.log ?? createLog(options.process, config.logLevel);
  const application = `slc-${options.process}`;
  const isWorker = options.process === 'worker';
  const patience = isWorker ? undefined : personWaitsMs;
  const db = connectPostgres({ url: config.postgres.url, log, application, patienceMs: patience, pipelined: true });
  const clickhouse = new ClickHouse({
    url: config.clickhouse.url,
    user: config.clickhouse.users.reader,
    log,
    patienceMs: patience,
    // NOTE: nobody waits for the worker's reads, so they are repeated. Its steps handle and report longer outages.
    retry: isWorker ? patienceOf(retryMs) : undefined,
  });
  const queue = once(() => startQueue({ url: config.postgres.url, log, application, worker: isWorker }));
  const launcher = once(() => createLauncher(config, log, isWorker));
  return {
    config,
    log,
    clock: options.clock ?? systemClock,
    db,
    clickhouse,
    queue: queue.get,
    launcher: launcher.get,
    async close() {
      await queue.made()?.then(
        (boss) => boss.stop({ graceful: false }),
        () => undefined,
      );
      await launcher.made()?.then(
        (made) => made.close(),
        () => undefined,
      );
      await Promise.allSettled([db.close(), clickhouse.close()]);
    },
  };
}
