import type { Postgres } from '@/lib/postgres/client';

/**
 * Registers customers `customer-0` and so on, and gives each the results of `days` days before `toDay`, as scans would
 * have left them. Every tenth customer is affected on every third day. ClickHouse knows nothing of them.
 */
export async function manyCustomers(
  { db }: { db: Postgres },
  { customers, days, toDay }: { customers: number; days: number; toDay: string },
): Promise<void> {
  await db.transaction(async ({ client }) => {
    await client.query(
      `INSERT INTO customers (id, display_name, database_name, time_zone)
       SELECT 'customer-' || n, 'Customer of number ' || n, 'db_' || n, 'UTC' FROM generate_series(0, $1 - 1) n`,
      [customers],
    );
    await client.query(
      `INSERT INTO customer_profiles (customer_id, profile_id)
       SELECT 'customer-' || n, 'main' FROM generate_series(0, $1 - 1) n`,
      [customers],
    );
    await client.query(
      `INSERT INTO scans (id, customer_id, from_day, to_day, cause, requested_by, status, started_at, ended_at, as_of)
       SELECT gen_random_uuid(), 'customer-' || n, $2::date - 35, $2::date, 'schedule', 'schedule', 'succeeded', now(),
              now(), now()
       FROM generate_series(0, $1 - 1) n`,
      [customers, toDay],
    );
    await client.query(
      `INSERT INTO scheduled_customers (customer_id, asked_at, looked_at, looked)
       SELECT 'customer-' || n, now(), now(), 'full' FROM generate_series(0, $1 - 1) n`,
      [customers],
    );
    await client.query(
      `INSERT INTO day_looks (customer_id, day, as_of, conversations, affected, stale, duplicates, missing,
                              orphans, open, settling, flags, by_agent, by_use_case)
       SELECT 'customer-' || n, $2::date - d, now(), 1000 + n, wrong, wrong, 0, 0, 0, 0, 0,
              jsonb_build_object('wrongAgent', wrong, 'wrongUseCase', 0, 'wrongEndHour', 0, 'duplicate', 0, 'orphan', 0,
                                 'missing', 0, 'wrongCustomer', 0),
              agents, agents
       FROM generate_series(0, $1 - 1) n
       CROSS JOIN generate_series(1, $3) d
       CROSS JOIN LATERAL (SELECT CASE WHEN n % 10 = 0 AND d % 3 = 0 THEN 17 ELSE 0 END AS wrong) w
       CROSS JOIN LATERAL (
         SELECT jsonb_agg(jsonb_build_object('key', 'agent ' || a, 'affected', wrong, 'stale', wrong, 'duplicates', 0)) AS agents
         FROM generate_series(1, 5) a) breakdown`,
      [customers, toDay, days],
    );
  });
  await db.pool.query('ANALYZE day_looks');
}
