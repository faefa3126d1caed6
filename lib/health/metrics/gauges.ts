import { Gauge } from 'prom-client';
import { instruments } from '@/lib/metrics/instruments';

/** Of what the console's database and the engines say: each name with its help and its labels, which have few values. */
const declared = {
  slc_part_up: ['1 when the part answers, 0.5 with a warning, 0 when it failed', 'part'],
  slc_worker_silent_seconds: ['Seconds since the last report of the worker', 'host', 'pid'],
  slc_queue_jobs: ['Jobs of the queue by state: waiting, active or failed', 'queue', 'state'],
  slc_queue_oldest_seconds: ['For how long the oldest waiting job of the queue is due; 0 if none waits', 'queue'],
  slc_customers: ['Customers'],
  slc_customers_never_scanned: ['Customers of whom no scan succeeded yet'],
  slc_customers_overdue: [
    'Customers whom the schedule looked at longer ago than twice its period and an allowance, as on the health page',
  ],
  slc_customers_failing: ['Customers whose newest look or scan by the schedule failed'],
  slc_customers_by_scan_age: ['Customers whose newest look is at most so many seconds old', 'within'],
  slc_scan_age_max_seconds: ['Seconds since the look at the customer who was looked at longest ago'],
  slc_customers_by_size: ['Customers by the conversations of their watched days', 'size'],
  slc_customers_affected: ['Customers with an affected day, by their conversations', 'size'],
  slc_conversations: ['Conversations of the watched days, by the size of their customer', 'size'],
  slc_conversations_stale: ['Conversations whose label is stale, by the size of their customer', 'size'],
  slc_conversations_affected: [
    'Conversations whose labels are wrong in any way, by the size of their customer',
    'size',
  ],
  slc_scan_cost_seconds_last_hour: ['Seconds that statements of scans and looks ran in the last full hour', 'kind'],
  slc_scan_cost_rows_last_hour: ['Table rows that scans and looks read in the last full hour', 'kind'],
  slc_increments_audited: ['Conversations that full scans of the last day compared with the increments'],
  slc_increments_missed: ['Those of them that the increments had missed'],
  slc_increments_not_compared: ['Days that full scans of the last day could not compare with the increments'],
  slc_findings: ['Findings that are open, by state, and whether somebody muted them', 'state', 'muted'],
  slc_retention_rules_late: ['Rules by which old rows are removed that did not run for six hours'],
  slc_retention_removed_rows: ['Rows that a rule removed since it exists', 'rule'],
  slc_table_bytes: ['Bytes of each table of the console with its indexes', 'table'],
  slc_notifications: [
    'Tries to send a message since the channel exists, by outcome: sent or failed',
    'channel',
    'outcome',
  ],
  slc_notifications_waiting: ['Messages that are due and not sent', 'channel'],
  slc_notifications_given_up: ['Messages of the last day that were given up', 'channel'],
  slc_notification_failures: ['Failures of the channel since its last success', 'channel'],
  slc_backfill_runs: ['Backfills that are not over, by status', 'status'],
  slc_backfill_paused_runs: ['Backfills that wait, by cause: person, hold or campaign', 'cause'],
  slc_standing_orders: ['Standing orders by status; "stopped" ones stopped themselves', 'status'],
  slc_standing_order_nights: ['Nights of standing orders by status', 'status'],
  slc_everything_stopped: ['1 while everything is stopped'],
  slc_mutations_unfinished: ['Unfinished mutations of label tables, as the worker saw them in the last minutes'],
  slc_mutation_oldest_seconds: ['Seconds since the oldest unfinished mutation was made; 0 if there is none'],
  slc_mutation_standing_seconds: [
    'For how long the slowest unfinished mutation has finished no part; 0 if there is none',
  ],
} as const satisfies Record<string, readonly [help: string, ...labels: string[]]>;

export type GaugeName = keyof typeof declared;

/** One value of a gauge. */
export type Sample = { name: GaugeName; labels: Record<string, string>; value: number };

export const gaugeNames = Object.keys(declared) as [GaugeName, ...GaugeName[]];

/** Replaces the values of the gauges that `samples` may name. */
export function setGauges(samples: readonly Sample[], names: readonly GaugeName[] = gaugeNames): void {
  for (const name of names) gaugeOf(name).reset();
  for (const { name, labels, value } of samples) gaugeOf(name).set(labels, value);
}

function gaugeOf(name: GaugeName): Gauge {
  const { registry } = instruments;
  const known = registry.getSingleMetric(name);
  if (known instanceof Gauge) return known;
  const [help, ...labelNames] = declared[name];
  return new Gauge({ name, help, labelNames, registers: [registry] });
}
