import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import type { Log } from '@/lib/log';
import { type Transaction, translate } from './client';

/**
 * Starts the job queue in Postgres (pg-boss 12). `worker: true` also maintains it and listens for new jobs; a sender
 * only sends. Sending inside `tx` makes the job exist if and only if the transaction commits. Throws
 * AppError('unavailable') when the server does not answer; nothing is left running then.
 */
export async function startQueue(options: {
  url: string;
  log: Log;
  application: string;
  worker: boolean;
}): Promise<PgBoss> {
  const pooled = options.worker && (await isPooled(options.url, options.application));
  if (pooled) options.log.info('a pooler stands before the database: workers look for jobs and are not woken');
  const boss = new PgBoss({
    connectionString: options.url,
    application_name: options.application,
    schema: 'pgboss',
    // The migration makes it, because the app's role may make none.
    createSchema: false,
    max: options.worker ? 6 : 2,
    supervise: options.worker,
    schedule: false,
    useListenNotify: options.worker && !pooled,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 2,
  });
  boss.on('error', (error) => options.log.error({ err: error }, 'the queue reported an error'));
  boss.on('warning', (warning) => options.log.warn({ warning }, 'the queue reported a warning'));
  try {
    return await boss.start();
  } catch (error) {
    await boss.stop({ graceful: false }).catch((left) => options.log.warn({ err: left }, 'the queue did not stop'));
    throw translate(error);
  }
}

/**
 * Whether a pooler such as PgBouncer stands before the server: the session that answers is not the one that greeted.
 * Through one in transaction mode LISTEN is accepted and hears nothing.
 */
async function isPooled(connectionString: string, application: string): Promise<boolean> {
  const client = new Client({ connectionString, application_name: application, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    return 'processID' in client && client.processID !== rows[0].pid;
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** How a queue's jobs are kept; see pg-boss `createQueue`. `policy` is fixed once the queue exists. */
export type QueueOptions = {
  policy: 'standard' | 'key_strict_fifo' | 'singleton' | 'exclusive' | 'short' | 'stately';
  /** Above every deadline of a job's work: pg-boss takes a job away after this, heartbeat or not. 24 h at most. */
  expireInSeconds: number;
  /** A worker silent for this long loses its job; 10 at least. */
  heartbeatSeconds: number;
  /** NOTE: with `key_strict_fifo` a job that failed for good blocks its key, so this must never be reached. */
  retryLimit: number;
  retryDelay?: number;
};

const ensured = new WeakMap<PgBoss, Map<string, Promise<void>>>();

/**
 * Makes the queue exist with these options, once per process; workers wake by NOTIFY. Safe to call before every send.
 * Throws AppError('unavailable') when Postgres does not answer.
 */
export function ensureQueue(boss: PgBoss, name: string, options: QueueOptions): Promise<void> {
  const known = ensured.get(boss) ?? new Map<string, Promise<void>>();
  ensured.set(boss, known);
  const made =
    known.get(name) ??
    (async () => {
      const { policy, ...rest } = options;
      await boss.createQueue(name, { policy, notify: true, ...rest });
      await boss.updateQueue(name, { notify: true, ...rest });
    })().catch((error) => {
      throw translate(error);
    });
  known.set(name, made);
  made.catch(() => known.delete(name));
  return made;
}

/** The `db` option that puts a pg-boss call into our transaction. */
export const inTransaction = (tx: Transaction) => ({
  db: { executeSql: (text: string, values?: unknown[]) => tx.client.query(text, values) },
});
