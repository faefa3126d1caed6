import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Pool } from 'pg';
import { listAudit } from '@/lib/audit/list-audit';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { loadConfig } from '@/lib/config';
import { type Context, createContext } from '@/lib/context';
import { listScans } from '@/lib/detection/scan/list-scans';
import { startPostgres } from '@/lib/embedded/postgres/start';
import { migrationsFolder } from '@/lib/embedded/root';
import { selectConversationSamples, selectSamples } from '@/lib/health/metrics/sql';
import { selectLastScans } from '@/lib/health/sql';
import { createLog } from '@/lib/log';
import { connectPostgres } from '@/lib/postgres/client';
import { migrate } from '@/lib/postgres/migrate';
import { ageOut } from '@/lib/retention/age-out';
import { rates, writeDay } from './retention/day';
import { walOfScan } from './retention/wal';

/**
 * A year of 500 customers, a day at a time with its clock: rows at the rates of `bench/retention/day.ts`, a round of
 * retention after it, and the vacuum that Postgres would have made by the settings of each table. Prints what each
 * table has at the end, how long rounds and lists took, and the WAL of a scan that found nothing new.
 * `node dist/bench-retention.mjs [--days N] [--every N] [--without]`: a round every so many days; with 0 days only the WAL,
 * on a server that keeps what it wrote.
 */
const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '365' },
    every: { type: 'string', default: '1' },
    without: { type: 'boolean', default: false },
  },
});
const days = Number(values.days);
const every = Number(values.every);
const dayMs = 86_400_000;
/** Scans and costs are kept for 14 days, so writing them on more days than this changes nothing at the end. */
const shortLivedDays = 45;
const say = (line: string) => process.stdout.write(`${line}\n`);
const megabytes = (bytes: number) => Math.round(bytes / 1e6);

const folder = mkdtempSync(join(tmpdir(), 'slc-bench-retention-'));
const log = createLog('bench', 'warn');
const postgres = await startPostgres({ dataDir: folder, log, durable: days === 0 });
await migrate({
  url: postgres.url,
  ownerUrl: postgres.ownerUrl,
  folder: migrationsFolder(),
  log,
  application: 'bench',
});
const root = connectPostgres({
  url: postgres.adminUrl(new URL(postgres.url).pathname.slice(1)),
  log,
  application: 'bench',
  connectionsMax: 2,
});

/** What the settings of a table, or else those of the server, would have vacuumed by now. */
async function vacuum(pool: Pool): Promise<number> {
  const { rows } = await pool.query(`
    SELECT s.relid::regclass::text AS name FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
    CROSS JOIN LATERAL (
      SELECT coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = 'autovacuum_vacuum_threshold'), '50')::float8
        + coalesce((SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = 'autovacuum_vacuum_scale_factor'), '0.2')::float8
          * greatest(c.reltuples, 0) AS dead) most
    WHERE s.n_dead_tup > most.dead`);
  for (const { name } of rows) await pool.query(`VACUUM (ANALYZE) ${name}`);
  return rows.length;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** The lists that people and scrapers ask for, the fastest of three. */
async function listTimes(ctx: Context): Promise<Record<string, number>> {
  const lists: Record<string, () => Promise<unknown>> = {
    'runs of all': () => listRuns(ctx, {}),
    'runs of one': () => listRuns(ctx, { customerId: 'customer-1' }),
    'scans of all': () => listScans(ctx),
    'scans of one': () => listScans(ctx, { customerId: 'customer-1' }),
    audit: () => listAudit(ctx, {}),
    metrics: () => ctx.db.query(selectSamples, { rules: [], quiet: false }),
    'metrics of conversations': () => ctx.db.query(selectConversationSamples),
    'last scans': () => ctx.db.query(selectLastScans),
  };
  const times: Record<string, number> = {};
  for (const [name, list] of Object.entries(lists)) {
    const all = [await timed(list), await timed(list), await timed(list)];
    times[name] = Number(Math.min(...all).toFixed(1));
  }
  return times;
}

try {
  const endMs = Date.now();
  let nowMs = endMs - days * dayMs;
  const config = loadConfig({
    NODE_ENV: 'test',
    SLC_DATA_DIR: folder,
    DATABASE_URL: postgres.url,
    CLICKHOUSE_URL: 'http://127.0.0.1:9',
  });
  const ctx = createContext({ process: 'bench', config, log, clock: { now: () => nowMs } });
  await root.pool.query(
    `INSERT INTO customers (id, display_name, database_name, time_zone) SELECT 'customer-' || n, n::text, 'd' || n, 'UTC' FROM generate_series(0, ${rates.customers - 1}) n`,
  );
  const wal = await walOfScan(ctx, root.pool);
  say(`WAL of a scan of 35 days that finds nothing new: ${JSON.stringify(wal)}`);
  const rounds: number[] = [];
  let removed = 0;
  for (let day = 0; day < days; day += 1) {
    nowMs += dayMs;
    await writeDay(root.pool, new Date(nowMs), { shortLived: day >= days - shortLivedDays });
    if ((day + 1) % every !== 0) continue;
    if (!values.without)
      rounds.push(
        await timed(async () => {
          removed += Object.values(await ageOut(ctx)).reduce((sum, rows) => sum + rows, 0);
        }),
      );
    await vacuum(root.pool);
    if ((day + 1) % 30 < every) {
      const { rows } = await root.pool.query(`SELECT sum(pg_total_relation_size(oid))::bigint AS bytes FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`);
      say(`day ${day + 1}: ${megabytes(rows[0].bytes)} MB, the last round took ${Math.round(rounds.at(-1) ?? 0)} ms`);
    }
  }
  const { rows: tables } = await root.pool.query(`
    SELECT c.relname AS table, pg_total_relation_size(c.oid)::bigint AS bytes, pg_indexes_size(c.oid)::bigint AS indexes,
      s.n_live_tup::bigint AS rows, s.n_dead_tup::bigint AS dead, s.n_tup_upd::bigint AS updates, s.n_tup_hot_upd::bigint AS hot
    FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 2 DESC`);
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  say('\n| Table | MB | of these indexes | Rows | Dead | Updates in place |\n| --- | --- | --- | --- | --- | --- |');
  for (const t of tables.filter((one) => one.bytes > 1e6))
    say(
      `| ${t.table} | ${megabytes(t.bytes)} | ${megabytes(t.indexes)} | ${t.rows} | ${t.dead} | ${t.updates > 0 ? `${Math.round((100 * t.hot) / t.updates)} %` : '–'} |`,
    );
  const lists = await listTimes(ctx);
  const sorted = rounds.toSorted((a, b) => a - b);
  const round = { median: Math.round(sorted[rounds.length >> 1] ?? 0), longest: Math.round(sorted.at(-1) ?? 0) };
  say(
    `\n${megabytes(bytes)} MB in all, ${removed} rows removed, rounds ${JSON.stringify(round)} ms, lists ${JSON.stringify(lists)} ms`,
  );
  say(JSON.stringify({ days, without: values.without, megabytes: megabytes(bytes), removed, round, lists, wal }));
  await ctx.close();
} finally {
  await root.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
