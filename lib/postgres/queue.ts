import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import type { Log } from '@/lib/log';
import { type Transaction, translate } from './client';
import { isPooled } from './notices';

/**
 * Starts the job queue in Postgres (pg-boss 12). With `worker: true` it also maintains the queue and listens for new
 * jobs; otherwise it only sends. A job that is sent inside `tx` exists if and only if the transaction commits. Throws
 * AppError('unavailable') if the server does not answer, and leaves nothing running then.
 */
export async function startQueue(options: {
  url: string;
  log: Log;
  application: string;
  worker: boolean;
}): Promise<PgBoss> {
  const pooled = options.worker && (await isPooledAt(options.url, options.application));
  if (pooled)
    options.log.info('there is a pooler before the database, so workers poll for jobs instead of being notified');
  const boss = new PgBoss({
    connectionString: options.url,
    application_name: options.application,
    schema: 'pgboss',
    // The migration makes the schema, since the console's role may not.
    createSchema: false,
    max: options.worker ? 6 : 2,
    supervise: options.worker,
    schedule: false,
    useListenNotify: options.worker && !pooled,
    // Jobs of a silent worker are given back at once, by the look of `workQueue`.
    superviseIntervalSeconds: 30,
    monitorIntervalSeconds: 2,
    notifyHeartbeatIntervalMs: 10_000,
    // No job waits for another job: this is about what pg-boss calls flows.
    flowIntervalSeconds: 60,
  });
  if (pooled) polled.add(boss);
  boss.on('error', (error) => options.log.error({ err: error }, 'the queue reported an error'));
  boss.on('warning', (warning) => options.log.warn({ warning }, 'the queue reported a warning'));
  try {
    return await boss.start();
  } catch (error) {
    await boss.stop({ graceful: false }).catch((left) => options.log.warn({ err: left }, 'the queue did not stop'));
    throw translate(error);
  }
}

const polled = new WeakSet<PgBoss>();

/** Whether no NOTIFY reaches the workers of this queue, so that they have to look for jobs more often. */
export const isPolled = (boss: PgBoss): boolean => polled.has(boss);

async function isPooledAt(connectionString: string, application: string): Promise<boolean> {
  const client = new Client({ connectionString, application_name: application, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await isPooled(client);
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The options of a queue; see pg-boss `createQueue`. `policy` cannot change once the queue exists. */
export type QueueOptions = {
  policy: 'standard' | 'key_strict_fifo' | 'singleton' | 'exclusive' | 'short' | 'stately';
  /** Longer than any deadline of a job: pg-boss takes a job away after this even with a heartbeat. 24 h at most. */
  expireInSeconds: number;
  /** A worker silent for this long loses its job; 10 at least. */
  heartbeatSeconds: number;
  /** NOTE: with `key_strict_fifo` a job without tries left blocks its key, so this must never be reached. */
  retryLimit: number;
  retryDelay?: number;
};

/** For how long an ended job is kept. Its outcome is in the console's own tables. */
const deleteAfterSeconds = 86_400;

const ensured = new WeakMap<PgBoss, Map<string, Promise<void>>>();

/**
 * Creates the queue with these options, once per process; NOTIFY wakes its workers. It may be called before every send.
 * Throws AppError('unavailable') if Postgres does not answer.
 */
export function ensureQueue(boss: PgBoss, name: string, options: QueueOptions): Promise<void> {
  const known = ensured.get(boss) ?? new Map<string, Promise<void>>();
  ensured.set(boss, known);
  const made =
    known.get(name) ??
    (async () => {
      const { policy, ...given } = options;
      const rest = { deleteAfterSeconds, ...given };
      await boss.createQueue(name, { policy, notify: true, ...rest });
      await boss.updateQueue(name, { notify: true, ...rest });
    })().catch((error) => {
      throw translate(error);
    });
  known.set(name, made);
  made.catch(() => known.delete(name));
  return made;
}

/** The `db` option that makes a pg-boss call part of a transaction. */
export const inTransaction = (tx: Transaction) => ({
  db: { executeSql: (text: string, values?: unknown[]) => tx.client.query(text, values) },
});
