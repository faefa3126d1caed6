import type { Config } from '@/lib/config';
import { endedRun, newestScans, newestStay, oldDay } from './conditions';

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
    name: 'differences',
    table: 'differences',
    keep: 'history',
    what: 'the old and new labels of conversations that a verified unit changed',
    stays: 'how many there were, of which kind, agent and use case',
    // The first one of a set goes before the others: without it the set is known not to be whole.
    old: `EXISTS (SELECT FROM difference_sets s WHERE s.item_id = t.item_id AND s.verified_at < :before)
      AND (t.seq = 0 OR NOT EXISTS (SELECT FROM differences f WHERE f.item_id = t.item_id AND f.seq = 0))`,
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
