import { PgBoss } from 'pg-boss';
import type { Log } from '@/lib/log';
import type { Transaction } from './client';

/**
 * The job queue in Postgres (pg-boss 12). `worker: true` also maintains it; a sender only sends.
 * Sending inside `tx` makes the job exist if and only if the transaction commits.
 */
export function createQueue(options: { url: string; log: Log; application: string; worker: boolean }): PgBoss {
  const boss = new PgBoss({
    connectionString: options.url,
    application_name: options.application,
    schema: 'pgboss',
    max: options.worker ? 6 : 2,
    supervise: options.worker,
    schedule: false,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 5,
  });
  boss.on('error', (error) => options.log.error({ err: error }, 'the queue reported an error'));
  return boss;
}

/** The `db` option that puts a pg-boss call into our transaction. */
export const inTransaction = (tx: Transaction) => ({
  db: { executeSql: (text: string, values?: unknown[]) => tx.client.query(text, values) },
});
