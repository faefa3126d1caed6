import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClickHouse } from '../lib/clickhouse/client';
import { delay } from '../lib/clock';
import { type Customer, scopeOf } from '../lib/customers/model';
import { readTables } from '../lib/customers/read-tables';
import { classify } from '../lib/detection/judge/classify';
import { detectionEngine } from '../lib/detection/judge/engine';
import { toReadScope } from '../lib/detection/judge/read-scope';
import { detectionColumns } from '../lib/detection/judge/sql/columns';
import { startClickHouse } from '../lib/embedded/clickhouse/start';
import { createCustomerTables } from '../lib/embedded/demo/build-customer';
import { createLog } from '../lib/log';

/**
 * The cost of classification, compared with a bare scan that hashes the same columns and with FINAL + FULL JOIN. CPU is
 * that of the engine's process: the smallest of `rounds` alternating runs, since other programs share the machine. CPU
 * is measured with one chunk at a time, since the bare scan has one thread; time and rows per second with two, as scans
 * run.
 * `node dist/detection.mjs [thousands of conversations, comma separated]`
 */
const sizes = (process.argv[2] ?? '300,2000').split(',').map((thousands) => Number(thousands) * 1000);
const stalePercents = [0.1, 2, 10];
const rounds = 3;
const days = 30;
const chunkRows = Number(process.argv[3] ?? 1_000_000);
const firstDay = '2026-01-05';
const asOfMs = Date.UTC(2026, 5, 1);
const password = 'bench';
const users = { slc_reader: password, slc_labeler: password, slc_deleter: password, admin: password };

const folder = mkdtempSync(join(tmpdir(), 'slc-bench-'));
const log = createLog('bench', 'warn');
const server = await startClickHouse({ dataDir: folder, users, log });
const connect = (name: string) => new ClickHouse({ url: server.url, user: { name, password }, log });
const admin = connect('admin');
const watcher = connect('admin');
const clickhouse = connect('slc_reader');
const enginePids = [server.pid, ...childrenOf(server.pid)];

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]) === pid;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** User and system time of the engine's processes in ms; the kernel counts in 10 ms. */
function engineCpuMs(): number {
  return enginePids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) * 10;
  }, 0);
}

type Measured<T> = { cpuMs: number; wallMs: number; memoryMb: number; result: T };

/**
 * `memoryMb` is the largest peak that the engine reports for one of our statements, read every 20 ms. It is measured in
 * a separate run, since reading it costs CPU too.
 */
async function measured<T>(work: () => Promise<T>, watchMemory = false): Promise<Measured<T>> {
  const stop = new AbortController();
  let memory = 0;
  const watching = (async () => {
    while (watchMemory && !stop.signal.aborted) {
      const answer = await watcher.client.query({
        query: `SELECT max(peak_memory_usage) AS peak FROM system.processes WHERE Settings['log_comment'] LIKE 'slc:detection%'`,
        format: 'JSONEachRow',
      });
      const [row] = await answer.json<{ peak: string }>();
      memory = Math.max(memory, Number(row?.peak ?? 0));
      await delay(20, stop.signal).catch(() => undefined);
    }
  })();
  const [cpu, startedAt] = [engineCpuMs(), performance.now()];
  const result = await work();
  const wallMs = performance.now() - startedAt;
  const cpuMs = engineCpuMs() - cpu;
  stop.abort();
  await watching;
  return { cpuMs, wallMs, memoryMb: memory / 1024 ** 2, result };
}

const run = (query: string) =>
  clickhouse.client.query({ query, format: 'JSON', clickhouse_settings: { max_threads: 1 } });

/** The data, made in the engine: ids like UUIDs, 700 agents, 12 use cases, stale as in the incident (end 1970). */
async function makeData(database: string, conversations: number, stalePercent: number): Promise<void> {
  await createCustomerTables(admin, database, { cluster: 'slc' });
  const id = `lower(hex(cityHash64(number, 1))) || '-' || lower(hex(cityHash64(number, 2)))`;
  const start = `toDateTime64('${firstDay} 00:00:00', 3, 'UTC') + toIntervalMillisecond(intDiv(number * ${days * 86_400_000}, ${conversations}))`;
  const agent = `'agent-' || lower(hex(cityHash64(number % 700, 7)))`;
  const useCase = `'usecase-' || toString(cityHash64(number, 3) % 12)`;
  const end = `${start} + toIntervalSecond(60 + cityHash64(number, 4) % 3000)`;
  const stale = `cityHash64(number, 9) % 100000 < ${Math.round(stalePercent * 1000)}`;
  const insert = (text: string) => admin.client.command({ query: text });
  await insert(`
    INSERT INTO ${database}.conversation (customer_id, profile_id, conversation_id, agent_user_id, usecase_id, channel,
      conversation_start_time, conversation_end_time, update_time)
    SELECT 'bench', 'main', ${id}, ${agent}, ${useCase}, 'chat', ${start}, ${end}, ${end} + toIntervalSecond(60)
    FROM numbers(${conversations})`);
  await insert(`
    INSERT INTO ${database}.conversation_with_labels (customer_id, profile_id, conversation_id, agent_user_id, usecase_id,
      conversation_start_time, conversation_end_time, has_agent_assistance, update_time)
    SELECT 'bench', 'main', ${id}, if(${stale}, 'agent-before', ${agent}), if(${stale}, 'usecase-before', ${useCase}),
      ${start}, if(${stale}, toDateTime64(0, 3, 'UTC'), ${end}), 1, ${end} + toIntervalSecond(120)
    FROM numbers(${conversations})`);
  for (const table of ['conversation', 'conversation_with_labels'])
    await insert(`OPTIMIZE TABLE ${database}.${table} FINAL`);
}

const inRange = `conversation_start_time >= '${firstDay} 00:00:00' AND conversation_start_time <= '2026-02-03 23:59:59.999'`;
const columns = `conversation_id, ifNull(agent_user_id, ''), usecase_id, customer_id, profile_id, conversation_end_time, update_time`;

async function bareScan(database: string): Promise<void> {
  for (const table of ['conversation_d', 'conversation_with_labels_d'])
    await run(
      `SELECT sum(cityHash64(${columns})) FROM ${database}.${table} WHERE customer_id = 'bench' AND ${inRange}`,
    ).then((answer) => answer.text());
}

/** The statement that most people would write first. */
async function finalJoin(database: string): Promise<number> {
  const side = (table: string) => `
    (SELECT conversation_id, any(ifNull(agent_user_id, '')) AS agent, any(usecase_id) AS use_case,
            any(toStartOfHour(conversation_end_time)) AS end_hour, any(toDate(conversation_start_time)) AS day, count() AS rows
     FROM ${database}.${table} FINAL
     WHERE customer_id = 'bench' AND ${inRange}
     GROUP BY conversation_id)`;
  const answer = await run(`
    SELECT countIf(t.rows > 0 AND l.rows > 0 AND (t.agent, t.use_case, t.end_hour) != (l.agent, l.use_case, l.end_hour)) AS stale
    FROM ${side('conversation')} AS t
    FULL JOIN ${side('conversation_with_labels')} AS l ON t.conversation_id = l.conversation_id`);
  const body = await answer.json<{ stale: string }>();
  return Number(body.data[0]?.stale ?? 0);
}

const config = {
  clickhouse: { tables: { truth: 'conversation_d', labels: 'conversation_with_labels_d' }, cluster: null },
} as Parameters<typeof readTables>[0]['config'];

const customerOf = (database: string): Customer => ({
  id: 'bench',
  displayName: 'Bench',
  profiles: ['main'],
  database,
  timeZone: 'UTC',
});

async function classifyRange(database: string, toDay: string, atOnce: number) {
  const scope = scopeOf(customerOf(database), firstDay, toDay);
  const columns = detectionColumns(await readTables({ clickhouse, config }, customerOf(database)));
  const read = toReadScope(scope, { asOfMs, marginMs: 7_200_000, foreignLabels: 1 });
  return classify(
    detectionEngine({ clickhouse, log }, `${database} ${toDay}`),
    { columns, scope, read, chunkRows, atOnce },
    {},
  );
}

const smallest = <T>(runs: Measured<T>[]): Measured<T> =>
  runs.reduce((best, next) => (next.cpuMs < best.cpuMs ? next : best));

type Line = {
  conversations: number;
  stalePercent: number;
  bareCpuMs: number;
  classifyCpuMs: number;
  cpuRatio: number;
  wallRatio: number;
  finalJoinCpuRatio: number;
  memoryMb: number;
  shortRangeMemoryMb: number;
  rowsPerSecond: number;
};

async function measureOne(conversations: number, stalePercent: number): Promise<Line> {
  const database = `bench_${conversations}_${String(stalePercent).replace('.', '_')}`;
  await makeData(database, conversations, stalePercent);
  const bare: Measured<void>[] = [];
  const classified: Measured<Awaited<ReturnType<typeof classifyRange>>>[] = [];
  const pairs: typeof classified = [];
  const joined: Measured<number>[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await measured(() => bareScan(database)));
    classified.push(await measured(() => classifyRange(database, '2026-02-04', 1)));
    pairs.push(await measured(() => classifyRange(database, '2026-02-04', 2)));
    if (round === 0) joined.push(await measured(() => finalJoin(database)));
  }
  const long = await measured(() => classifyRange(database, '2026-02-04', 1), true);
  const short = await measured(() => classifyRange(database, '2026-01-11', 1), true);
  const [scan, ours, join] = [smallest(bare), smallest(classified), smallest(joined)];
  const pair = pairs.reduce((best, next) => (next.wallMs < best.wallMs ? next : best));
  const stale = ours.result.days.reduce((sum, day) => sum + day.stale, 0);
  if (stale !== join.result) throw new Error(`classification found ${stale} stale, FINAL + FULL JOIN ${join.result}`);
  await admin.client.command({ query: `DROP DATABASE ${database}` });
  return {
    conversations,
    stalePercent,
    bareCpuMs: scan.cpuMs,
    classifyCpuMs: ours.cpuMs,
    cpuRatio: ours.cpuMs / scan.cpuMs,
    wallRatio: pair.wallMs / scan.wallMs,
    finalJoinCpuRatio: join.cpuMs / scan.cpuMs,
    memoryMb: long.memoryMb,
    shortRangeMemoryMb: short.memoryMb,
    rowsPerSecond: (2 * conversations) / (pair.wallMs / 1000),
  };
}

try {
  const lines: Line[] = [];
  process.stdout.write(
    'conversations  stale %  bare cpu ms  classify cpu ms  cpu ratio  wall ratio  FINAL+JOIN ratio  chunk MB  5 days MB  rows/s\n',
  );
  for (const size of sizes)
    for (const percent of stalePercents) {
      const line = await measureOne(size, percent);
      lines.push(line);
      const cells = [
        String(line.conversations).padStart(13),
        String(line.stalePercent).padStart(7),
        line.bareCpuMs.toFixed(0).padStart(11),
        line.classifyCpuMs.toFixed(0).padStart(15),
        line.cpuRatio.toFixed(2).padStart(9),
        line.wallRatio.toFixed(2).padStart(10),
        line.finalJoinCpuRatio.toFixed(1).padStart(16),
        line.memoryMb.toFixed(0).padStart(8),
        line.shortRangeMemoryMb.toFixed(0).padStart(9),
        Math.round(line.rowsPerSecond).toLocaleString('en'),
      ];
      process.stdout.write(`${cells.join('  ')}\n`);
    }
  process.stdout.write(`${JSON.stringify({ detection: lines })}\n`);
} finally {
  await Promise.allSettled([admin.close(), watcher.close(), clickhouse.close()]);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
