import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { silentMaxSeconds } from '@/lib/workers/sql';
import { gaugeNames } from './gauges';

const Sample = z.object({
  name: z.enum(gaugeNames),
  labels: z.record(z.string(), z.string()),
  value: z.number(),
});

/** The steps of slc_customers_by_scan_age, in seconds. */
const ages = [900, 1_800, 3_600, 7_200, 21_600, 86_400];

/**
 * What the console's own tables say, as samples of gauges: one row a series, none a customer. Bounded by one index
 * lookup a customer, by the runs, and by what is open.
 */
export const selectSamples = pgStatement({
  name: 'metrics.samples',
  text: `
WITH looked AS (
  SELECT
    extract(epoch FROM now() - s.ended_at)::float8 AS age,
    (SELECT status FROM scans WHERE customer_id = c.id AND ended_at IS NOT NULL ORDER BY created_at DESC LIMIT 1) AS last
  FROM customers c
  LEFT JOIN LATERAL (
    SELECT ended_at
    FROM scans
    WHERE customer_id = c.id AND status = 'succeeded'
    ORDER BY created_at DESC
    LIMIT 1
  ) s ON true
),
ages AS (
  SELECT
    count(*) AS customers,
    count(*) FILTER (WHERE age IS NULL) AS never,
    count(*) FILTER (WHERE age > :overdueSeconds) AS overdue,
    count(*) FILTER (WHERE last = 'failed') AS failing,
    coalesce(max(age), 0) AS oldest
  FROM looked
),
mutations AS (
  SELECT
    count(*) AS unfinished,
    coalesce(max(extract(epoch FROM now() - created_at)), 0)::float8 AS oldest,
    coalesce(max(extract(epoch FROM seen_at - standing_since)), 0)::float8 AS standing
  FROM mutation_samples
  WHERE seen_at > now() - interval '1 minute'
)
SELECT 'slc_customers' AS name, '{}'::jsonb AS labels, customers::float8 AS value FROM ages
UNION ALL SELECT 'slc_customers_never_scanned', '{}', never FROM ages
UNION ALL SELECT 'slc_customers_overdue', '{}', overdue FROM ages
UNION ALL SELECT 'slc_customers_failing', '{}', failing FROM ages
UNION ALL SELECT 'slc_scan_age_max_seconds', '{}', oldest FROM ages
UNION ALL
SELECT 'slc_customers_by_scan_age', jsonb_build_object('within', step::text), (SELECT count(*) FROM looked WHERE age <= step)
FROM unnest(ARRAY[${ages.join(', ')}]) AS step
UNION ALL
SELECT 'slc_customers_by_scan_age', '{"within": "ever"}', count(*) FROM looked WHERE age IS NOT NULL
UNION ALL SELECT 'slc_mutations_unfinished', '{}', unfinished FROM mutations
UNION ALL SELECT 'slc_mutation_oldest_seconds', '{}', oldest FROM mutations
UNION ALL SELECT 'slc_mutation_standing_seconds', '{}', standing FROM mutations
UNION ALL
SELECT 'slc_backfill_runs', jsonb_build_object('status', status), count(*) FROM backfill_runs GROUP BY status
UNION ALL
SELECT 'slc_backfill_paused_runs', jsonb_build_object('cause', pause ->> 'cause'), count(*)
FROM backfill_runs
WHERE status IN ('queued', 'running') AND pause IS NOT NULL
GROUP BY pause ->> 'cause'
UNION ALL
SELECT 'slc_standing_orders', jsonb_build_object('status', status), count(*) FROM standing_orders GROUP BY status
UNION ALL
SELECT 'slc_standing_order_nights', jsonb_build_object('status', status), count(*)
FROM standing_order_nights
GROUP BY status
UNION ALL
SELECT 'slc_everything_stopped', '{}', count(*) FROM stops WHERE lifted_at IS NULL
UNION ALL
SELECT 'slc_worker_silent_seconds', jsonb_build_object('host', host, 'pid', pid::text),
  extract(epoch FROM now() - seen_at)::float8
FROM workers
WHERE stopped_at IS NULL
UNION ALL
SELECT 'slc_part_up', '{"part": "worker"}', least(1, count(*))
FROM workers
WHERE stopped_at IS NULL AND seen_at > now() - interval '${silentMaxSeconds} seconds'`,
  params: z.object({ overdueSeconds: z.number() }),
  row: Sample,
});

/** The same of the queue, from the partial index of what waits or runs, and from the counts that pg-boss keeps. */
export const selectQueueSamples = pgStatement({
  name: 'metrics.queue_samples',
  text: `
WITH live AS (
  SELECT name, state::text AS state, start_after
  FROM pgboss.job
  WHERE state < 'completed' AND NOT blocked
)
SELECT 'slc_queue_jobs' AS name, jsonb_build_object('queue', q.name, 'state', s.state) AS labels,
  (SELECT count(*) FROM live WHERE name = q.name AND CASE s.state
    WHEN 'active' THEN live.state = 'active'
    ELSE live.state <> 'active' AND start_after <= now() END)::float8 AS value
FROM pgboss.queue q
CROSS JOIN (VALUES ('waiting'), ('active')) AS s (state)
UNION ALL
SELECT 'slc_queue_jobs', jsonb_build_object('queue', name, 'state', 'failed'), failed_count FROM pgboss.queue
UNION ALL
SELECT 'slc_queue_oldest_seconds', jsonb_build_object('queue', q.name),
  coalesce((
    SELECT extract(epoch FROM now() - min(start_after))
    FROM live
    WHERE name = q.name AND state <> 'active' AND start_after <= now()), 0)::float8
FROM pgboss.queue q`,
  row: Sample,
});
