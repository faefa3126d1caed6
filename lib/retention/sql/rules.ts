import type { Config } from '@/lib/config';

/** What ages out, and when: the one home of these rules. Rounds of the worker, docs/retention.md and the CLI read it. */
export type RetentionRule = {
  /** Its name in the table of rounds; one table may have several. */
  name: string;
  table: string;
  /** The days of the configuration by which it is kept, or a fixed number of hours. */
  keep: keyof Config['retention'] | { hours: number };
  /** What goes. */
  what: string;
  /** What of it stays, however old it is. */
  stays: string | null;
  /** Which rows of `t` go; `:before` is the instant before which they are old. */
  old: string;
  /** Columns that are emptied, where the row itself stays. */
  empties?: string;
};

const endedRun = 'EXISTS (SELECT FROM backfill_runs r WHERE r.id = t.run_id AND r.ended_at < :before)';
/** The newest scan of each customer, and the newest that succeeded: health and the age of scans need them. */
const newestScans = `
  SELECT last.id
  FROM customers c
  CROSS JOIN (VALUES (true), (false)) AS of (succeeded)
  CROSS JOIN LATERAL (
    SELECT s.id
    FROM scans s
    WHERE s.customer_id = c.id AND s.ended_at IS NOT NULL AND (s.status = 'succeeded' OR NOT of.succeeded)
    ORDER BY s.created_at DESC
    LIMIT 1
  ) last
  UNION ALL
  SELECT scan_id FROM scheduled_customers WHERE scan_id IS NOT NULL
  UNION ALL
  SELECT scan_id FROM relooks WHERE scan_id IS NOT NULL AND done_at IS NULL`;
const newestStay =
  'the newest of each customer, the newest that succeeded, and those that schedule or a repair wait for';
const openFinding = `EXISTS (
  SELECT FROM findings f
  WHERE f.customer_id = t.customer_id AND f.day = t.day AND f.state NOT IN ('repaired', 'resolved by itself'))`;

/** Of a day that is so long ago and was not counted since, unless it is watched. */
const oldDay = `t.day < (:before::timestamptz AT TIME ZONE 'UTC')::date AND t.as_of < :before AND NOT EXISTS (
      SELECT FROM watched_customers w
      WHERE w.customer_id = t.customer_id AND t.day >= w.from_day AND t.day < w.to_day)
      AND NOT ${openFinding}`;

export const retentionRules: readonly RetentionRule[] = [
  {
    name: 'scans of the worker',
    table: 'scans',
    keep: 'scans',
    what: 'regular scans and those after a repair, with their chunks',
    stays: newestStay,
    old: `t.cause <> 'person' AND t.ended_at < :before AND t.id NOT IN (${newestScans})`,
  },
  {
    name: 'asked scans',
    table: 'scans',
    keep: 'asked scans',
    what: 'scans that a person asked for, with their chunks',
    stays: newestStay,
    old: `t.cause = 'person' AND t.ended_at < :before AND t.id NOT IN (${newestScans})`,
  },
  {
    name: 'costs',
    table: 'schedule_costs',
    keep: 'scans',
    what: 'what scans and looks cost, by hour',
    stays: null,
    old: 't.hour < :before',
  },
  {
    name: 'looks after repairs',
    table: 'relooks',
    keep: 'scans',
    what: 'the times at which a repaired day was looked at again',
    stays: 'those that are still to come',
    old: 't.done_at < :before',
  },
  {
    name: 'changes',
    table: 'day_counts',
    keep: 'changes',
    what: 'changes of a day’s counts that another one of the same calendar day (UTC) followed',
    stays: 'the last change of each calendar day',
    old: `t.as_of < :before AND EXISTS (
      SELECT FROM day_counts n
      WHERE n.customer_id = t.customer_id AND n.day = t.day AND n.as_of > t.as_of
        AND n.as_of < date_trunc('day', t.as_of, 'UTC') + interval '1 day')`,
  },
  {
    name: 'history of days',
    table: 'day_counts',
    keep: 'history',
    what: 'the history of days that are so long ago, as it was so long ago',
    stays: 'watched days, days with a finding that is open, and the last change of a day whose last look is kept',
    old: `${oldDay} AND (
      NOT EXISTS (SELECT FROM day_looks l WHERE l.customer_id = t.customer_id AND l.day = t.day)
      OR EXISTS (
        SELECT FROM day_counts n WHERE n.customer_id = t.customer_id AND n.day = t.day AND n.as_of > t.as_of))`,
  },
  {
    name: 'days',
    table: 'day_looks',
    keep: 'history',
    what: 'what the last look found so long ago on days that are as long ago',
    stays: 'watched days, and days with a finding that is open',
    old: oldDay,
  },
  {
    name: 'findings',
    table: 'findings',
    keep: 'history',
    what: 'findings that are repaired or resolved so long, with their events',
    stays: 'open ones, those that are muted, and those whose day is still to be looked at',
    old: `t.state IN ('repaired', 'resolved by itself') AND t.last_seen_at < :before
      AND coalesce(greatest(t.repaired_at, t.resolved_at, t.muted_until), '-infinity') < :before
      AND NOT EXISTS (
        SELECT FROM relooks r WHERE r.customer_id = t.customer_id AND r.day = t.day AND r.done_at IS NULL)`,
  },
  {
    name: 'audits of increments',
    table: 'scan_audits',
    keep: 'history',
    what: 'full scans that were compared with what the increments had found',
    stays: 'the newest of each customer',
    old: `t.audited_at < :before AND EXISTS (
      SELECT FROM scan_audits n WHERE n.customer_id = t.customer_id AND n.audited_at > t.audited_at)`,
  },
  {
    name: 'misses',
    table: 'misses',
    keep: 'history',
    what: 'what full scans found that the increments had missed, and that ended so long ago',
    stays: 'those that are open',
    old: `t.state <> 'open' AND t.ended_at < :before`,
  },
  {
    name: 'Active Days',
    table: 'active_days_snapshots',
    keep: 'history',
    what: 'Active Days before and after a run',
    stays: 'those of runs that are not over',
    old: `t.taken_at < :before AND ${endedRun}`,
  },
  {
    name: 'customers left out',
    table: 'campaign_customers',
    keep: 'history',
    what: 'customers that a campaign left out',
    stays: 'customers with a run, and all of campaigns that are not over',
    old: `t.run_id IS NULL AND EXISTS (
      SELECT FROM campaigns c WHERE c.id = t.campaign_id AND c.status = 'ended' AND c.ended_at < :before)`,
  },
  {
    name: 'events of runs',
    table: 'backfill_events',
    keep: 'steps',
    what: 'events of runs that ended so long ago',
    stays: 'the runs, their units and steps, and events of runs that are not over',
    old: `t.at < :before AND ${endedRun}`,
  },
  {
    name: 'events of campaigns',
    table: 'campaign_events',
    keep: 'steps',
    what: 'events of campaigns that ended so long ago',
    stays: 'the campaigns, and events of those that are not over',
    old: `t.at < :before AND EXISTS (
      SELECT FROM campaigns c WHERE c.id = t.campaign_id AND c.status = 'ended' AND c.ended_at < :before)`,
  },
  {
    name: 'logs of Jobs',
    table: 'backfill_steps',
    keep: 'steps',
    what: 'the order, status and log of each Job of runs that ended so long ago',
    stays: 'the steps with their times, sentences, numbers and Jobs’ names, by which a backup’s rows are explained',
    old: `t.started_at < :before AND (t.job_spec IS NOT NULL OR t.job_status IS NOT NULL OR t.log_tail IS NOT NULL OR t.samples <> '[]')
      AND EXISTS (
        SELECT FROM backfill_items i JOIN backfill_runs r ON r.id = i.run_id
        WHERE i.id = t.item_id AND r.ended_at < :before)`,
    empties: `job_spec = NULL, job_status = NULL, log_tail = NULL, samples = '[]'`,
  },
  {
    name: 'cases',
    table: 'notification_cases',
    keep: 'messages',
    what: 'cases that were resolved, with their messages',
    stays: 'open cases, and those with a message that is to be sent',
    old: `t.resolved_at < :before AND NOT EXISTS (
      SELECT FROM notification_deliveries d WHERE d.case_id = t.id AND d.state IN ('waiting', 'sending'))`,
  },
  {
    name: 'messages without a case',
    table: 'notification_deliveries',
    keep: 'messages',
    what: 'tests, and summaries of several cases',
    stays: 'messages that are to be sent, and summaries of cases that are kept',
    old: `t.case_id IS NULL AND t.made_at < :before AND t.state NOT IN ('waiting', 'sending')
      AND NOT EXISTS (SELECT FROM notification_deliveries d WHERE d.summary_id = t.id)`,
  },
  {
    name: 'sessions',
    table: 'sessions',
    keep: 'sessions',
    what: 'sessions that are over',
    stays: null,
    old: 't.expires_at < :before',
  },
  {
    name: 'sign-ins on their way',
    table: 'sign_in_attempts',
    // Not at once: the clock of a worker may be ahead of the database's.
    keep: { hours: 1 },
    what: 'sign-ins that nobody came back from, after they expired',
    stays: null,
    old: 't.expires_at < :before',
  },
  {
    name: 'plans',
    table: 'backfill_plans',
    keep: { hours: 24 },
    what: 'previews; runs and approvals have their own copy',
    stays: null,
    old: 't.created_at < :before',
  },
  {
    name: 'previews',
    table: 'plan_requests',
    keep: { hours: 24 },
    what: 'requests for a preview',
    stays: null,
    old: 't.requested_at < :before',
  },
  {
    name: 'samples of mutations',
    table: 'mutation_samples',
    keep: { hours: 24 },
    what: 'how far mutations were that nobody sees any more',
    stays: null,
    old: 't.seen_at < :before',
  },
  {
    name: 'workers',
    table: 'workers',
    keep: { hours: 1 },
    what: 'workers that were not heard from',
    stays: null,
    old: 't.seen_at < :before',
  },
];

/** Tables of which nothing ages out, with the reason. */
export const keptTables: Readonly<Record<string, string>> = {
  audit: 'who did what is never deleted: the chain would break',
  audit_head: 'one row',
  schema_migrations: 'one row a migration',
  customers: 'one row a customer',
  customer_profiles: 'a few rows a customer',
  watched_customers: 'one row a customer',
  scheduled_customers: 'one row a customer',
  part_looks: 'one row a customer',
  schedule_state: 'one row',
  overview_changes: 'polls need them for half an hour, and a worker deletes them after an hour',
  scan_days: 'only days of a first scan that is under way; they go with it',
  scan_chunks: 'they go with their scan',
  finding_events: 'they go with their finding',
  miss_days: 'they go with their miss',
  notification_channels: 'one row a channel',
  notification_rules: 'one row a rule',
  backfill_runs: 'the record of what was changed in ClickHouse, which the audit names',
  backfill_items: 'the units of those runs',
  backup_drops: 'which backup was dropped, when and by whom',
  approvals: 'who asked for what and who decided, which the audit names',
  approval_starts: 'they go with their approval',
  campaigns: 'what was changed for many customers, which the audit names',
  standing_orders: 'what was approved once, which the audit names',
  standing_order_nights: 'one row a night of an order',
  mutation_kills: 'who stopped which mutation, which the audit names',
  stops: 'who stopped everything, which the audit names',
  access_tokens: 'who made which token, which the audit names',
  rate_limits: 'the library of the limits deletes what is over, and a crash empties it',
  retention_rounds: 'one row a rule',
};
