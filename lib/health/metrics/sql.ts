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
 * lookup a customer, and by what is open.
 */
export const selectSamples = pgStatement({
  name: 'metrics.samples',
  text: `
WITH looked AS (
  SELECT
    extract(epoch FROM now() - greatest(s.ended_at, w.checked_at))::float8 AS age,
    coalesce(p.failures, 0) > 0 AS failing
  FROM customers c
  LEFT JOIN LATERAL (
    SELECT ended_at
    FROM scans
    WHERE customer_id = c.id AND status = 'succeeded'
    ORDER BY created_at DESC
    LIMIT 1
  ) s ON true
  LEFT JOIN watched_customers w ON w.customer_id = c.id
  LEFT JOIN scheduled_customers p ON p.customer_id = c.id
  WHERE c.state = 'active'
),
ages AS (
  SELECT
    count(*) AS customers,
    count(*) FILTER (WHERE age IS NULL) AS never,
    count(*) FILTER (WHERE failing) AS failing,
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
SELECT 'slc_backfill_runs', jsonb_build_object('status', status), count(*)
FROM backfill_runs
WHERE status IN ('queued', 'running', 'needs attention')
GROUP BY status
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
SELECT 'slc_findings', jsonb_build_object('state', state, 'muted', CASE WHEN muted THEN 'yes' ELSE 'no' END), count(*)
FROM (
  SELECT state, coalesce(muted_until > now(), false) AS muted
  FROM findings
  WHERE state IN ('new', 'ongoing', 'fallen back')
) open
GROUP BY state, muted
UNION ALL
SELECT of.name, jsonb_build_object('kind', kind), of.value
FROM (
  SELECT kind, sum(engine_ms) / 1000 AS seconds, sum(rows_read)::float8 AS rows
  FROM schedule_costs
  WHERE hour = date_trunc('hour', now()) - interval '1 hour'
  GROUP BY kind
) hour
CROSS JOIN LATERAL (
  VALUES ('slc_scan_cost_seconds_last_hour', seconds), ('slc_scan_cost_rows_last_hour', rows)) AS of (name, value)
UNION ALL
SELECT of.name, '{}', of.value::float8
FROM (
  SELECT sum(conversations) AS conversations, sum(missed) AS missed, sum(days_left) AS days_left
  FROM scan_audits
  WHERE audited_at > now() - interval '1 day'
) day
CROSS JOIN LATERAL (
  VALUES ('slc_increments_audited', coalesce(conversations, 0)), ('slc_increments_missed', coalesce(missed, 0)),
    ('slc_increments_not_compared', coalesce(days_left, 0))
) AS of (name, value)
UNION ALL
SELECT 'slc_retention_rules_late', '{}',
  cardinality(:rules::text[]) - count(*) FILTER (WHERE name = ANY (:rules) AND ran_at > now() - interval '6 hours')
FROM retention_rounds
UNION ALL
SELECT 'slc_retention_removed_rows', jsonb_build_object('rule', name), removed_total FROM retention_rounds
UNION ALL
SELECT 'slc_notifications_waiting', jsonb_build_object('channel', channel), count(*)
FROM notification_deliveries
WHERE state IN ('waiting', 'sending') AND next_at <= now() AND (urgent OR NOT :quiet)
GROUP BY channel
UNION ALL
SELECT 'slc_notifications', jsonb_build_object('channel', channel, 'outcome', outcome), number
FROM notification_channels
CROSS JOIN LATERAL (VALUES ('sent', sent), ('failed', failed)) AS of (outcome, number)
WHERE configured
UNION ALL
SELECT 'slc_notification_failures', jsonb_build_object('channel', channel), failures
FROM notification_channels
WHERE configured
UNION ALL
SELECT 'slc_notifications_given_up', jsonb_build_object('channel', c.channel), (
  SELECT count(*)
  FROM notification_deliveries d
  WHERE d.channel = c.channel AND d.state = 'given up' AND d.kind <> 'test' AND d.given_up_at > now() - interval '1 day')
FROM notification_channels c
WHERE c.configured
UNION ALL
SELECT 'slc_worker_silent_seconds', jsonb_build_object('host', host, 'pid', pid::text),
  extract(epoch FROM now() - seen_at)::float8
FROM workers
WHERE stopped_at IS NULL
UNION ALL
SELECT 'slc_part_up', '{"part": "worker"}', least(1, count(*))
FROM workers
WHERE stopped_at IS NULL AND seen_at > now() - interval '${silentMaxSeconds} seconds'`,
  params: z.object({ rules: z.array(z.string()), quiet: z.boolean() }),
  row: Sample,
});

/**
 * What the days of all customers come to, by the number of conversations that a customer has on them, and the size of each
 * table. It reads one row for each watched day, so it is asked less often.
 */
export const selectConversationSamples = pgStatement({
  name: 'metrics.conversation_samples',
  text: `
WITH sums AS (
  SELECT sum(conversations) AS conversations, sum(stale) AS stale, sum(affected) AS affected
  FROM day_looks
  GROUP BY customer_id
),
sizes AS (
  SELECT
    CASE
      WHEN conversations < 10000 THEN 'below 10 thousand'
      WHEN conversations < 100000 THEN 'below 100 thousand'
      WHEN conversations < 1000000 THEN 'below 1 million'
      ELSE 'larger'
    END AS size,
    count(*) AS customers,
    count(*) FILTER (WHERE affected > 0) AS customers_affected,
    sum(conversations) AS conversations,
    sum(stale) AS stale,
    sum(affected) AS affected
  FROM sums
  GROUP BY size
)
SELECT of.name, jsonb_build_object('size', size) AS labels, of.value::float8 AS value
FROM sizes
CROSS JOIN LATERAL (VALUES
  ('slc_customers_by_size', customers),
  ('slc_customers_affected', customers_affected),
  ('slc_conversations', conversations),
  ('slc_conversations_stale', stale),
  ('slc_conversations_affected', affected)
) AS of (name, value)
UNION ALL
SELECT 'slc_table_bytes', jsonb_build_object('table', relname), pg_total_relation_size(oid)::float8
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
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
