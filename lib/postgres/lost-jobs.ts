import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Postgres, Transaction } from './client';
import { type PgStatement, pgStatement } from './statement';

/** The parameters of a statement with `hasNoJob`. */
export const ofQueue = z.object({ queue: z.string() });

/**
 * A condition in SQL: the queue `:queue` has no open job with exactly these data, a jsonb in SQL.
 * It has to stand in the statement that reads the row, since both are right at one instant only.
 */
export const hasNoJob = (data: string): string => `NOT ${hasJob(data, ['created', 'retry', 'active'])}`;

/** A condition in SQL: the queue `:queue` gave up a job with exactly these data, after all of its tries. */
export const isGivenUp = (data: string): string => hasJob(data, ['failed']);

const hasJob = (data: string, states: string[]) => `EXISTS (
        SELECT
        FROM (SELECT data AS job_data FROM pgboss.job WHERE name = :queue AND state IN (${states.map((state) => `'${state}'`).join(', ')})) job
        WHERE job_data = ${data})`;

/**
 * A condition in SQL: `at` is more than a day ago. Work that changes data and was lost for so long waits for a person, since
 * much may be otherwise by now.
 */
export const isLongAgo = (at: string): string => `${at} < now() - interval '1 day'`;

/** Sends jobs again that a queue has lost, and returns how many. */
export type Resend = (queue: { boss: PgBoss; db: Postgres; name: string }) => Promise<number>;

const tryLock = pgStatement({
  name: 'postgres.try_lock_lost_jobs',
  text: `SELECT pg_try_advisory_xact_lock(hashtextextended('lost jobs ' || :queue, 0)) AS ours`,
  params: ofQueue,
  row: z.object({ ours: z.boolean() }),
});

/**
 * What a queue's rows need where their job is gone: `select` reads those that wait for work and have no job (`hasNoJob`),
 * and `send` gives one a job, in the transaction, or returns false. Several workers may look, and one of them sends.
 */
export const resendLost =
  <Row extends z.ZodType>(
    select: PgStatement<typeof ofQueue, Row>,
    send: (boss: PgBoss, tx: Transaction, row: z.output<Row>) => Promise<unknown>,
  ): Resend =>
  async ({ boss, db, name }) => {
    if ((await db.query(select, { queue: name })).length === 0) return 0;
    return db.transaction(async (tx) => {
      const [lock] = await tx.query(tryLock, { queue: name });
      if (!lock?.ours) return 0;
      const lost = await tx.query(select, { queue: name });
      let sent = 0;
      for (const row of lost) if ((await send(boss, tx, row)) !== false) sent += 1;
      return sent;
    });
  };
