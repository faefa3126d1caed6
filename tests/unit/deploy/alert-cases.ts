/** Series by name and labels with their values, one a minute, in promtool's notation. */
type Series = Record<string, string>;

/** When an alert fires, with the labels of what it fires for; and when it does not, although it nearly would; and another. */
export type AlertCase = { fires: Series; labels?: Record<string, string>[]; quiet: Series; also?: AlertCase };

const minutes = 120;
const steady = (value: number | string) => `${value}x${minutes}`;
/** It is back to `after` one minute before the end of the time for which it has to last. */
const until = (value: number, forMinutes: number, after: number) =>
  `${value}x${Math.max(0, forMinutes - 1)} ${after}x${minutes}`;
const part = (name: string) => `slc_part_up{part="${name}"}`;
const runs = (status: string) => `slc_backfill_runs{status="${status}"}`;

/** Each alert of deploy/components/monitoring. `quiet` lasts as long as `fires`. */
export const alertCases: Record<string, AlertCase> = {
  SlcNeedsAttention: {
    fires: { [runs('needs attention')]: steady(1) },
    quiet: { [runs('needs attention')]: steady(0), [runs('running')]: steady(3) },
  },
  SlcOrderStopped: {
    fires: { 'slc_standing_orders{status="stopped"}': steady(1) },
    quiet: { 'slc_standing_orders{status="active"}': steady(2) },
  },
  SlcNoWorker: {
    fires: { [part('worker')]: steady(0) },
    quiet: { 'slc_part_up{part="worker",pod="a"}': steady(0), 'slc_part_up{part="worker",pod="b"}': steady(1) },
  },
  SlcClickHouseAway: { fires: { [part('clickhouse')]: steady(0) }, quiet: { [part('clickhouse')]: until(0, 2, 1) } },
  SlcPostgresAway: { fires: { [part('postgres')]: steady(0) }, quiet: { [part('postgres')]: until(0, 2, 1) } },
  SlcWayUnsafe: { fires: { [part('way')]: steady(0.5) }, quiet: { [part('way')]: until(0, 5, 1) } },
  SlcLauncherIncomplete: {
    fires: { [part('launcher')]: steady(1), [part('workerLauncher')]: steady(0.5) },
    labels: [{ part: 'workerLauncher' }],
    quiet: { [part('launcher')]: steady(1), [part('chats')]: steady(0) },
  },
  SlcChatsUnreadable: { fires: { [part('chats')]: steady(0) }, quiet: { [part('chats')]: until(0, 15, 1) } },
  SlcScanOverdue: {
    fires: { slc_customers_overdue: steady(2) },
    quiet: { slc_customers_overdue: until(2, 15, 0), slc_customers: steady(500) },
  },
  SlcScanFails: { fires: { slc_customers_failing: steady(1) }, quiet: { slc_customers_failing: until(1, 30, 0) } },
  SlcNeverScanned: {
    fires: { slc_customers_never_scanned: steady(1) },
    quiet: { slc_customers_never_scanned: until(1, 60, 0) },
  },
  SlcQueueWaits: {
    fires: { 'slc_queue_oldest_seconds{queue="scans"}': steady(901), 'slc_queue_oldest_seconds{queue="a"}': steady(5) },
    labels: [{ queue: 'scans' }],
    quiet: { 'slc_queue_oldest_seconds{queue="scans"}': steady(900) },
  },
  SlcMutationStuck: {
    fires: { slc_mutation_standing_seconds: steady(3_601) },
    quiet: { slc_mutation_standing_seconds: steady(3_600), slc_mutation_oldest_seconds: steady(90_000) },
  },
  SlcStatementsFail: {
    fires: {
      'slc_clickhouse_statement_errors_total{statement="a",code="unavailable"}': `0+30x${minutes}`,
      'slc_clickhouse_statement_seconds_count{statement="a"}': `0+100x${minutes}`,
      'slc_clickhouse_statement_errors_total{statement="b",code="limit"}': `0+1x${minutes}`,
      'slc_clickhouse_statement_seconds_count{statement="b"}': `0+100x${minutes}`,
    },
    labels: [{ statement: 'a' }],
    quiet: {
      'slc_clickhouse_statement_errors_total{statement="a",code="unavailable"}': `0+19x${minutes}`,
      'slc_clickhouse_statement_seconds_count{statement="a"}': `0+100x${minutes}`,
    },
  },
  SlcPagesFail: {
    fires: {
      'slc_http_request_seconds_count{name="x",status="5xx"}': `0+10x${minutes}`,
      'slc_http_request_seconds_count{name="x",status="2xx"}': `0+90x${minutes}`,
    },
    quiet: {
      'slc_http_request_seconds_count{name="x",status="5xx"}': `0+4x${minutes}`,
      'slc_http_request_seconds_count{name="x",status="4xx"}': `0+96x${minutes}`,
    },
  },
  SlcMessagesGivenUp: {
    fires: { 'slc_notifications_given_up{channel="webhook"}': steady(1) },
    labels: [{ channel: 'webhook' }],
    quiet: { 'slc_notifications_given_up{channel="webhook"}': steady(0) },
  },
  SlcMessagesWait: {
    fires: { 'slc_notifications_waiting{channel="smtp"}': steady(4) },
    labels: [{ channel: 'smtp' }],
    quiet: { 'slc_notifications_waiting{channel="smtp"}': until(4, 30, 0) },
  },
  SlcIncrementMissed: {
    fires: { slc_increments_missed: steady(1) },
    quiet: { slc_increments_missed: steady(0), slc_increments_audited: steady(4_812) },
  },
  SlcRetentionLate: {
    fires: { slc_retention_rules_late: steady(1) },
    quiet: { slc_retention_rules_late: until(1, 60, 0) },
  },
  SlcFindingFellBack: {
    fires: { 'slc_findings{state="fallen back",muted="no"}': steady(1) },
    quiet: {
      'slc_findings{state="fallen back",muted="yes"}': steady(3),
      'slc_findings{state="new",muted="no"}': steady(9),
    },
  },
  SlcEverythingStopped: {
    fires: { slc_everything_stopped: steady(1) },
    quiet: { slc_everything_stopped: until(1, 60, 0) },
  },
  SlcRunsHeld: {
    fires: { 'slc_backfill_paused_runs{cause="hold"}': steady(1) },
    quiet: { 'slc_backfill_paused_runs{cause="person"}': steady(1) },
  },
  SlcReleasesDiffer: {
    fires: {
      'slc_build_info{version="1",commit="a",pod="web"}': steady(1),
      'slc_build_info{version="1",commit="b",pod="worker"}': steady(1),
    },
    quiet: {
      'slc_build_info{version="1",commit="a",pod="web"}': steady(1),
      'slc_build_info{version="1",commit="a",pod="worker"}': steady(1),
    },
  },
  SlcNoMetrics: {
    fires: { slc_worker_process_cpu_seconds_total: steady(1), 'slc_build_info{version="1",commit="a"}': steady(1) },
    labels: [{ part: 'postgres' }],
    quiet: { [part('postgres')]: steady(0), slc_worker_process_cpu_seconds_total: steady(1) },
    also: {
      fires: { [part('postgres')]: steady(1), 'slc_build_info{version="1",commit="a"}': steady(1) },
      quiet: { [part('postgres')]: steady(1), slc_worker_process_cpu_seconds_total: `_x4 1x${minutes}` },
    },
  },
};
