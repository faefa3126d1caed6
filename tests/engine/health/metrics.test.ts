import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { freePort } from '@/lib/embedded/ports';
import { readMetrics, readOwnMetrics } from '@/lib/health/metrics/read-metrics';
import { serveMetrics } from '@/lib/health/metrics/serve-metrics';
import { instruments } from '@/lib/metrics/instruments';
import { overdueCustomers } from '@/lib/notifications/conditions/work-conditions';
import { ageOut } from '@/lib/retention/age-out';
import { retentionRules } from '@/lib/retention/sql/rules';
import { programPath } from '@/scripts/support/programs.mjs';
import { type TestContext, testContext } from '@/tests/support/context';
import { namedSeries, seriesIn } from '@/tests/support/monitoring';

let ctx: TestContext;
let nowMs = Date.now();
beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => nowMs } });
});
afterAll(() => ctx?.close());

/** The metrics at a moment at which nothing kept is young enough. */
async function metricsNow(): Promise<string> {
  nowMs += 61_000;
  return (await readMetrics(ctx)).text;
}
const valueIn = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length) ?? Number.NaN,
  );

const wrong = statement({
  name: 'test.wrong',
  text: 'SELECT * FROM system.no_such_table',
  row: z.unknown(),
});

describe('the metrics', () => {
  it('are a text that promtool accepts', async () => {
    const text = await metricsNow();
    const promtool = programPath('promtool');
    if (!promtool) return;
    const told = await new Promise<string>((resolve) => {
      const child = execFile(promtool, ['check', 'metrics'], (_error, stdout, stderr) => resolve(stdout + stderr));
      child.stdin?.end(text);
    });
    // The library names its own, such as `_total` gauges of the event loop.
    expect(told.split('\n').filter((line) => line !== '' && !/^slc_(web|worker)_(nodejs|process)_/.test(line))).toEqual(
      [],
    );
  });

  it('have every series that an alert or a panel names, with the labels that it selects by', async () => {
    const text = await metricsNow();
    const { text: ofWorker } = await readOwnMetrics('worker');
    const exposed = new Set([...seriesIn(text), ...seriesIn(ofWorker)]);
    const known = z.array(z.object({ name: z.string(), labelNames: z.array(z.string()).default([]) }));
    const labelsOf = new Map(
      known.parse(instruments.registry.getMetricsAsArray()).map(({ name, labelNames }) => [name, labelNames]),
    );
    const base = (name: string) => (labelsOf.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''));
    expect(namedSeries().length).toBeGreaterThan(50);
    for (const { name, labels } of namedSeries()) {
      expect(exposed, name).toContain(name);
      expect(labelsOf.get(base(name)), name).toEqual(expect.arrayContaining(labels));
    }
  });

  it('count statements to ClickHouse by name, with their failures', async () => {
    await expect(ctx.clickhouse.read(wrong, {})).rejects.toThrow();
    const text = await metricsNow();
    expect(valueIn(text, 'slc_clickhouse_statement_seconds_count{statement="health.clickhouse"}')).toBeGreaterThan(0);
    expect(valueIn(text, 'slc_clickhouse_statement_errors_total{statement="test.wrong",code="unexpected"}')).toBe(1);
  });

  it('have no series a customer, however many there are, and name the age of the oldest look', async () => {
    const { pool } = ctx.db;
    const before = (await metricsNow()).split('\n').length;
    await pool.query(`INSERT INTO customers (id, display_name, database_name, time_zone)
      SELECT 'c' || n, 'C', 'c', 'UTC' FROM generate_series(1, 500) n`);
    await pool.query(`INSERT INTO scans (id, customer_id, from_day, to_day, cause, requested_by, status, created_at, ended_at)
      SELECT gen_random_uuid(), 'c' || n, '2026-02-01', '2026-02-02', 'schedule', 'schedule',
        CASE WHEN n = 3 THEN 'failed' ELSE 'succeeded' END, now(), now() - n * interval '20 seconds'
      FROM generate_series(1, 499) n`);
    await pool.query(`INSERT INTO scheduled_customers (customer_id, asked_at, looked_at, failures)
      SELECT 'c' || n, now(), now() - n * interval '20 seconds', CASE WHEN n IN (3, 4) THEN 1 ELSE 0 END
      FROM generate_series(1, 499) n`);
    const text = await metricsNow();
    expect(text.split('\n').length - before).toBeLessThan(5);
    const of = (name: string) => valueIn(text, name);
    expect(of('slc_customers')).toBe(500);
    expect(of('slc_customers_never_scanned')).toBe(2);
    expect(of('slc_customers_failing')).toBe(2);
    expect(of('slc_scan_age_max_seconds')).toBeGreaterThanOrEqual(9_980);
    expect(of('slc_customers_by_scan_age{within="900"}')).toBeGreaterThan(40);
    expect(of('slc_customers_by_scan_age{within="ever"}')).toBe(498);
    const overdue = await overdueCustomers(ctx);
    expect(overdue.length).toBeGreaterThan(300);
    expect(of('slc_customers_overdue')).toBe(overdue.length);
    await pool.query(`INSERT INTO watched_customers VALUES ('c499', '2026-02-01', '2026-02-02', now())`);
    expect(valueIn(await metricsNow(), 'slc_scan_age_max_seconds')).toBeLessThan(9_975);
    await pool.query('DELETE FROM customers');
  });

  it('sum the conversations of customers of about the same size', async () => {
    const { pool } = ctx.db;
    await pool.query(`INSERT INTO customers (id, display_name, database_name, time_zone)
      SELECT id, id, id, 'UTC' FROM unnest(ARRAY['one', 'two', 'three']) id`);
    await pool.query(`INSERT INTO day_looks (customer_id, day, as_of, conversations, affected, stale,
        duplicates, missing, orphans, open, settling, flags)
      SELECT id, day, now(), conversations, affected, stale, 0, 0, 0, 0, 0, '{}'
      FROM (VALUES ('one', 4000, 3, 2), ('two', 2000, 0, 0), ('three', 700000, 10, 10)) c (id, conversations, affected, stale)
      CROSS JOIN (VALUES ('2026-02-01'::date), ('2026-02-02')) d (day)`);
    const text = await metricsNow();
    const of = (name: string, size: string) => valueIn(text, `${name}{size="${size}"}`);
    expect(of('slc_customers_by_size', 'below 10 thousand')).toBe(2);
    expect(of('slc_customers_affected', 'below 10 thousand')).toBe(1);
    expect(of('slc_conversations', 'below 10 thousand')).toBe(12_000);
    expect(of('slc_conversations_affected', 'below 10 thousand')).toBe(6);
    expect(of('slc_conversations_stale', 'larger')).toBe(20);
    await pool.query('DELETE FROM customers');
  });

  it('say what scans and looks cost in the last full hour', async () => {
    const { pool } = ctx.db;
    await pool.query(`INSERT INTO customers VALUES ('one', 'One', 'one', 'UTC'), ('two', 'Two', 'two', 'UTC')`);
    await pool.query(`INSERT INTO schedule_costs (hour, customer_id, kind, rows_read, engine_ms)
      SELECT date_trunc('hour', now()) - hours * interval '1 hour', customer, 'regular scans', 100, 1500
      FROM unnest(ARRAY[0, 1, 2]) hours, unnest(ARRAY['one', 'two']) customer`);
    const text = await metricsNow();
    expect(valueIn(text, 'slc_scan_cost_seconds_last_hour{kind="regular scans"}')).toBe(3);
    expect(valueIn(text, 'slc_scan_cost_rows_last_hour{kind="regular scans"}')).toBe(200);
    await pool.query('DELETE FROM customers');
  });

  it('say how many conversations the audits of the last day looked at, and how many increments had missed', async () => {
    const { pool } = ctx.db;
    await pool.query(`INSERT INTO customers VALUES ('one', 'One', 'one', 'UTC')`);
    await pool.query(`INSERT INTO scan_audits (scan_id, customer_id, audited_at, days, days_left, conversations, missed)
      SELECT gen_random_uuid(), 'one', now() - hours * interval '1 hour', 32, 3, 1000, 2 FROM unnest(ARRAY[1, 23, 25]) hours`);
    const text = await metricsNow();
    expect(valueIn(text, 'slc_increments_audited')).toBe(2_000);
    expect(valueIn(text, 'slc_increments_missed')).toBe(4);
    expect(valueIn(text, 'slc_increments_not_compared')).toBe(6);
    await pool.query('DELETE FROM customers');
  });

  it('count open findings by state, those that somebody muted apart', async () => {
    const { pool } = ctx.db;
    await pool.query(`INSERT INTO customers VALUES ('one', 'One', 'one', 'UTC')`);
    await pool.query(`INSERT INTO findings (id, customer_id, day, state, first_seen_at, last_seen_at, muted_until,
        conversations, affected, flags, at_least, worst_affected, worst_flags, agents, worst_agents)
      SELECT gen_random_uuid(), 'one', '2026-02-01'::date + n, state, now(), now(), now() + muted::interval,
        1, 1, '{}', false, 1, '{}', 1, 1
      FROM (VALUES (1, 'fallen back', NULL), (2, 'fallen back', '1 day'), (3, 'fallen back', '-1 day'), (4, 'new', NULL),
        (5, 'repaired', NULL)) f (n, state, muted)`);
    const text = await metricsNow();
    expect(valueIn(text, 'slc_findings{muted="no",state="fallen back"}')).toBe(2);
    expect(valueIn(text, 'slc_findings{muted="yes",state="fallen back"}')).toBe(1);
    expect(valueIn(text, 'slc_findings{muted="no",state="new"}')).toBe(1);
    expect(text).not.toContain('state="repaired"');
    await pool.query('DELETE FROM customers');
  });

  it('say how many rules of retention are late, and the size of tables', async () => {
    expect(valueIn(await metricsNow(), 'slc_retention_rules_late')).toBe(retentionRules.length);
    await ageOut(ctx);
    const text = await metricsNow();
    expect(valueIn(text, 'slc_retention_rules_late')).toBe(0);
    expect(valueIn(text, 'slc_table_bytes{table="audit"}')).toBeGreaterThan(0);
  });

  it('say what each channel sent, failed, and gave up', async () => {
    const { pool } = ctx.db;
    await pool.query(`INSERT INTO notification_channels (channel, configured, failures, sent, failed)
      VALUES ('webhook', true, 2, 7, 5), ('smtp', false, 0, 0, 0)`);
    await pool.query(`INSERT INTO notification_deliveries (channel, kind, idempotency_key, state, urgent, made_at, given_up_at)
      VALUES ('webhook', 'test', 'a', 'waiting', false, now(), NULL),
             ('webhook', 'summary', 'b', 'given up', false, now() - interval '25 hours', now())`);
    const text = await metricsNow();
    for (const line of [
      'slc_notifications{channel="webhook",outcome="sent"} 7',
      'slc_notifications{channel="webhook",outcome="failed"} 5',
      'slc_notifications_waiting{channel="webhook"} 1',
      'slc_notifications_given_up{channel="webhook"} 1',
      'slc_notification_failures{channel="webhook"} 2',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).not.toContain('smtp');
  });

  it('say for how long a mutation stands still, and how old it is', async () => {
    await ctx.db.pool.query(`INSERT INTO mutation_samples VALUES
      ('d', 't', 'h', 'mutation_1.txt', now() - interval '2 hours', 4, now() - interval '1 hour', now())`);
    const text = await metricsNow();
    expect(valueIn(text, 'slc_mutations_unfinished')).toBe(1);
    expect(Math.round(valueIn(text, 'slc_mutation_oldest_seconds'))).toBe(7_200);
    expect(Math.round(valueIn(text, 'slc_mutation_standing_seconds'))).toBe(3_600);
  });

  it('say what waits in a queue, and for how long', async () => {
    const boss = await ctx.queue();
    await boss.createQueue('test-queue');
    await boss.send('test-queue', {});
    await boss.send('test-queue', {}, { startAfter: 600 });
    await ctx.db.pool.query(`UPDATE pgboss.job SET start_after = now() - interval '5 minutes'
      WHERE name = 'test-queue' AND start_after <= now()`);
    const text = await metricsNow();
    expect(valueIn(text, 'slc_queue_jobs{queue="test-queue",state="waiting"}')).toBe(1);
    expect(Math.round(valueIn(text, 'slc_queue_oldest_seconds{queue="test-queue"}'))).toBe(300);
  });

  it('are computed once for everybody who asks within five seconds', async () => {
    let queries = 0;
    const db = {
      ...ctx.db,
      query: ((...args: Parameters<typeof ctx.db.query>) => {
        queries += 1;
        return ctx.db.query(...args);
      }) as typeof ctx.db.query,
    };
    const counted = { ...ctx, db };
    await Promise.all(Array.from({ length: 20 }, () => readMetrics(counted)));
    const once = queries;
    nowMs += 4_000;
    await readMetrics(counted);
    expect(queries).toBe(once);
    nowMs += 2_000;
    await readMetrics(counted);
    expect(queries).toBeGreaterThan(once);
    // The parts that open connections are not looked at again.
    expect(queries - once).toBeLessThan(once);
  });

  it('say that a database is away instead of failing', async () => {
    const away = { ...ctx, db: { ...ctx.db, query: () => Promise.reject(new Error('away')) } };
    const { text } = await readMetrics(away);
    expect(valueIn(text, 'slc_part_up{part="postgres"}')).toBe(0);
    expect(valueIn(text, 'slc_part_up{part="clickhouse"}')).toBe(1);
  });
});

describe('the port of the metrics', () => {
  it('serves them and a probe, and asks for the token where there is one', async () => {
    const stop = new AbortController();
    const [open, closed] = [await freePort(null), await freePort(null)];
    const at = (port: number, metricsToken: string | null) => ({
      ...ctx,
      config: { ...ctx.config, metrics: { port }, auth: { ...ctx.config.auth, metricsToken } },
    });
    const read = async () => ({ text: 'slc 1\n', contentType: 'text/plain' });
    await serveMetrics(at(open, null), read, stop.signal);
    await serveMetrics(at(closed, 'a-token-of-sixteen'), read, stop.signal);
    const status = async (port: number, path: string, authorization?: string) =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { headers: authorization ? { authorization } : {} })).status;
    expect(await status(open, '/metrics')).toBe(200);
    expect(await status(open, '/alive')).toBe(200);
    expect(await status(open, '/')).toBe(404);
    expect(await status(closed, '/metrics')).toBe(401);
    expect(await status(closed, '/metrics', 'Bearer a-token-of-sixteen')).toBe(200);
    stop.abort();
    await expect(fetch(`http://127.0.0.1:${open}/alive`)).rejects.toThrow();
  });
});
