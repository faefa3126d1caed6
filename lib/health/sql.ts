import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { pgStatement } from '@/lib/postgres/statement';

const msOrNull = z.coerce
  .date()
  .nullable()
  .transform((date) => date?.getTime() ?? null);

/** Who the reader is to ClickHouse. `readonly` is 0 if only its rights keep it from writing. */
export const readClickHouseIdentity = statement({
  name: 'health.clickhouse',
  text: `
SELECT
  version() AS version,
  currentUser() AS user,
  uptime() AS uptime_seconds,
  toUInt8(getSetting('readonly')) AS readonly`,
  row: z
    .object({
      version: z.string(),
      user: z.string(),
      uptime_seconds: z.coerce.number(),
      readonly: z.coerce.number(),
    })
    .transform((row) => ({
      version: row.version,
      user: row.user,
      uptimeSeconds: row.uptime_seconds,
      readonly: row.readonly,
    })),
});

/** Who this process is to a Postgres, and whether it may change anything there. */
export const readPostgresIdentity = pgStatement({
  name: 'health.postgres',
  text: `
SELECT
  current_setting('server_version') AS version,
  current_user AS "user",
  current_database() AS database,
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
  current_setting('transaction_read_only') = 'on' AS read_only`,
  row: z
    .object({
      version: z.string(),
      user: z.string(),
      database: z.string(),
      superuser: z.boolean(),
      read_only: z.boolean(),
    })
    .transform(({ read_only, ...row }) => ({ ...row, readOnly: read_only })),
});

export const countMigrations = pgStatement({
  name: 'health.migrations',
  text: 'SELECT count(*) AS migrations FROM schema_migrations',
  row: z.object({ migrations: z.number() }).transform((row) => row.migrations),
});

/** pg-boss makes its tables at its first start: before that there is no queue to count. */
export const queueExists = pgStatement({
  name: 'health.queue_exists',
  text: `SELECT to_regclass('pgboss.job') IS NOT NULL AS found`,
  row: z.object({ found: z.boolean() }).transform((row) => row.found),
});

/** Bounded by what pg-boss keeps of ended jobs. */
export const countQueueJobs = pgStatement({
  name: 'health.queue_jobs',
  text: `
SELECT name AS queue, state::text AS state, count(*) AS jobs
FROM pgboss.job
GROUP BY name, state
ORDER BY name, state`,
  row: z.object({ queue: z.string(), state: z.string(), jobs: z.number() }),
});

/**
 * The newest scan of each customer, one index lookup a customer: of at most 20 of them, the failed ones first, then those
 * that were never scanned, then the oldest; each row with the numbers of all.
 */
export const selectLastScans = pgStatement({
  name: 'health.last_scans',
  text: `
SELECT c.id AS customer_id, s.status, s.ended_at, s.failure,
  count(*) OVER () AS customers,
  count(*) FILTER (WHERE s.status = 'failed') OVER () AS failed,
  count(*) FILTER (WHERE s.status IS NULL) OVER () AS never
FROM customers c
LEFT JOIN LATERAL (
  SELECT status, ended_at, failure
  FROM scans
  WHERE customer_id = c.id
  ORDER BY created_at DESC
  LIMIT 1
) s ON true
WHERE c.state = 'active'
ORDER BY (s.status = 'failed') IS TRUE DESC, s.status IS NULL DESC, s.ended_at, c.id
LIMIT 20`,
  row: z
    .object({
      customer_id: z.string(),
      status: z.string().nullable(),
      ended_at: msOrNull,
      failure: z.string().nullable(),
      customers: z.number(),
      failed: z.number(),
      never: z.number(),
    })
    .transform(({ customers, failed, never, ...row }) => ({
      customers,
      failed,
      never,
      scan: { customerId: row.customer_id, status: row.status, endedAtMs: row.ended_at, failure: row.failure },
    })),
});
