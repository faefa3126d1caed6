import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type Labels = string[];

function createInstruments() {
  const registry = new Registry();
  const common = <Names extends Labels>(name: string, help: string, labelNames: [...Names]) => ({
    name,
    help,
    labelNames,
    registers: [registry],
  });
  const counter = <Names extends Labels>(name: string, help: string, ...labels: Names) =>
    new Counter(common(name, help, labels));
  const seconds = <Names extends Labels>(name: string, help: string, buckets: number[], ...labels: Names) =>
    new Histogram({ ...common(name, help, labels), buckets });
  return {
    registry,
    build: new Gauge(common('slc_build_info', '1, labelled with the running release', ['version', 'commit'])),
    statementSeconds: seconds(
      'slc_clickhouse_statement_seconds',
      'Seconds of each statement to ClickHouse, those that failed too',
      [0.01, 0.05, 0.25, 1, 5, 30, 120, 600],
      'statement',
    ),
    statementErrors: counter(
      'slc_clickhouse_statement_errors_total',
      'Statements to ClickHouse that failed, by the kind of the failure; not those that nobody waited for any more',
      'statement',
      'code',
    ),
    statementRows: counter(
      'slc_clickhouse_rows_read_total',
      'Table rows that ClickHouse read for each statement',
      'statement',
    ),
    httpSeconds: seconds(
      'slc_http_request_seconds',
      'Seconds of reads, actions and pages by name and class of the status',
      [0.01, 0.05, 0.15, 0.5, 1, 5, 30],
      'name',
      'status',
    ),
    scanSeconds: seconds(
      'slc_scan_seconds',
      'Seconds of each scan from its start to its end',
      [0.1, 0.5, 1, 5, 30, 120, 600, 3_600],
      'cause',
      'outcome',
    ),
    stepSeconds: seconds(
      'slc_backfill_step_seconds',
      'Seconds of each step of a repair',
      [0.1, 0.5, 1, 5, 30, 120, 600, 3_600],
      'step',
      'outcome',
    ),
    runSeconds: seconds(
      'slc_backfill_run_seconds',
      'Seconds of each repair from its start to its end',
      [1, 5, 30, 120, 600, 3_600, 14_400, 86_400],
      'strategy',
      'outcome',
    ),
  };
}

type Instruments = ReturnType<typeof createInstruments>;
const shared = globalThis as typeof globalThis & { slcInstruments?: Instruments };

/**
 * What this process counts, once, although pages and route handlers are separate bundles. Every label has few values: a
 * name from the code, a status, a strategy; never a customer or a run.
 */
export const instruments: Instruments = shared.slcInstruments ?? createInstruments();
shared.slcInstruments = instruments;

/** Adds memory, processor time and event loop of this process, as `slc_web_...` or `slc_worker_...`, once. */
export function measureProcess(name: 'web' | 'worker'): void {
  const { registry } = instruments;
  if (!registry.getSingleMetric(`slc_${name}_process_cpu_seconds_total`))
    collectDefaultMetrics({ register: registry, prefix: `slc_${name}_` });
}

/** The class of an HTTP status, such as "2xx". */
export const statusClass = (status: number): string => `${Math.floor(status / 100)}xx`;
