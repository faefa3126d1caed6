import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { release } from '@/lib/config';
import type { Context } from '@/lib/context';
import type { HealthReport } from './model';
import { readHealth } from './read-health';

/** A report this young is used again, so that scrapers and their retries cost only one look at the engines. */
const keptMs = 5_000;

type Metrics = ReturnType<typeof createMetrics> & { kept?: { atMs: number; report: Promise<HealthReport> } };
const shared = globalThis as typeof globalThis & { slcMetrics?: Metrics };

function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'slc_web_' });
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  return {
    registry,
    build: gauge('slc_build_info', '1, labelled with the running release', ['version', 'commit']),
    up: gauge('slc_part_up', '1 when the part answers, 0.5 with a warning, 0 when it failed', ['part']),
    workerSilence: gauge('slc_worker_silent_seconds', 'Seconds since the last report of the worker', ['host', 'pid']),
    queueJobs: gauge('slc_queue_jobs', 'Queued jobs by state', ['queue', 'state']),
    scanAge: gauge('slc_scan_age_seconds', 'Seconds since the newest scan of the customer ended', ['customer']),
    runs: gauge('slc_backfill_runs', 'Backfills by status', ['status']),
    orders: gauge('slc_standing_orders', 'Standing orders by status; "stopped" ones stopped themselves', ['status']),
    nights: gauge('slc_standing_order_nights', 'Nights of standing orders by status', ['status']),
    paused: gauge('slc_backfill_paused_runs', 'Backfills that wait, by cause: person, hold or campaign', ['cause']),
    stopped: gauge('slc_everything_stopped', '1 while everything is stopped', []),
  };
}

/** The metrics in Prometheus' text format, at most five seconds old, and their content type. */
export async function readMetrics(ctx: Context): Promise<{ text: string; contentType: string }> {
  shared.slcMetrics ??= createMetrics();
  const nowMs = ctx.clock.now();
  if (!shared.slcMetrics.kept || nowMs - shared.slcMetrics.kept.atMs > keptMs)
    shared.slcMetrics.kept = { atMs: nowMs, report: readHealth(ctx) };
  const report = await shared.slcMetrics.kept.report;
  const { registry, build, up, workerSilence, queueJobs, scanAge, runs, paused, stopped, orders, nights } =
    shared.slcMetrics;
  for (const gauge of [up, workerSilence, queueJobs, scanAge, runs, paused, orders, nights]) gauge.reset();
  build.set(release, 1);
  const value = { ok: 1, warning: 0.5, failed: 0 } as const;
  for (const part of report.parts) up.set({ part: part.name }, value[part.status]);
  for (const { host, pid, silentSeconds } of report.workers)
    workerSilence.set({ host, pid: String(pid) }, silentSeconds);
  for (const { queue, state, jobs } of report.queues) queueJobs.set({ queue, state }, jobs);
  for (const { customerId, endedAtMs } of report.scans)
    if (endedAtMs !== null) scanAge.set({ customer: customerId }, (report.checkedAtMs - endedAtMs) / 1_000);
  for (const { status, runs: count } of report.runs) runs.set({ status }, count);
  for (const { what, status, number } of report.orders) (what === 'orders' ? orders : nights).set({ status }, number);
  for (const { cause, runs: count } of report.paused) paused.set({ cause }, count);
  stopped.set(report.stop ? 1 : 0);
  return { text: await registry.metrics(), contentType: registry.contentType };
}
