import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { delay } from '@/lib/clock';
import { type Context, createContext } from '@/lib/context';
import { addDays, dayOf } from '@/lib/days';
import { overview, readSummary } from '@/lib/detection/view/overview';
import type { CustomerList } from '@/lib/detection/view/summary-model';
import { manyCustomers } from '@/tests/support/many-customers';
import { heapMb } from './units/heap';
import { processesOf, residentMb } from './units/meter';
import { viewerCookie } from './units/viewer';

/**
 * Measures the list of customers and its polls on a running embedded console (SLC_DATA_DIR): 500 customers of 90 days,
 * of which only Postgres knows. Then it counts the transactions of the idle console, and polls as much as a page does in
 * a day, while it looks at the memory; it fails where what web and worker hold after a collection of garbage grew by more
 * than a limit since the first sixth of the polls. `npm run bench -- overview [--polls N] [--idle-seconds N] [--growth-mb N]`
 */
const { values } = parseArgs({
  options: {
    polls: { type: 'string', default: '17280' },
    'idle-seconds': { type: 'string', default: '60' },
    'growth-mb': { type: 'string', default: '16' },
  },
});
const polls = Number(values.polls);
const idleSeconds = Number(values['idle-seconds']);
const growthMostMb = Number(values['growth-mb']);
const customers = 500;
const days = 90;
const rounds = 60;
/** Polls of one page at a time. */
const atOnce = 4;
const others = ['/api/backfills', '/api/campaigns', '/api/trouble', '/api/mutations', '/api/health/report'];

const say = (line: string) => process.stdout.write(`${line}\n`);
const one = (value: number) => Number(value.toFixed(1));
const part = (sorted: number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** Milliseconds of `work`, done again and again: the median and the 95th percentile. */
async function timed(work: () => Promise<unknown>): Promise<{ p50: number; p95: number }> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  return { p50: one(part(times, 0.5) ?? 0), p95: one(part(times, 0.95) ?? 0) };
}

type Read = (path: string, held?: string) => Promise<{ status: number; text: string; revision: string }>;

function reader(base: string, cookie: string): Read {
  return async (path, held) => {
    const headers: Record<string, string> = { cookie, ...(held ? { 'if-none-match': `"${held}"` } : {}) };
    const response = await fetch(base + path, { headers, redirect: 'error' });
    const text = await response.text();
    if (!response.ok && response.status !== 304) throw new Error(`${path} answered ${response.status}: ${text}`);
    return { status: response.status, text, revision: (response.headers.get('etag') ?? '').replaceAll('"', '') };
  };
}

async function listOf(ctx: Context, read: Read) {
  const startedAt = performance.now();
  await overview(ctx);
  const wholeMs = one(performance.now() - startedAt);
  const data = await timed(() => overview(ctx));
  const single = await timed(() => readSummary(ctx, 'customer-1'));
  const first = await read('/api/customers');
  const page = await read('/customers');
  const firstTime = await timed(() => read('/api/customers'));
  const since = `/api/customers?since=${first.revision}`;
  const unchanged = await read(since, first.revision);
  const unchangedTime = await timed(() => read(since, first.revision));
  await ctx.db.pool.query(
    "UPDATE day_looks SET stale = stale + 1 WHERE customer_id IN ('customer-1', 'customer-2', 'customer-3') AND day = $1",
    [newestDay(ctx)],
  );
  const changed = await read(since, first.revision);
  const list = JSON.parse(changed.text).data as CustomerList;
  return {
    wholeMs,
    dataMs: data,
    ofOneCustomer: one(data.p50 / single.p50),
    firstMs: firstTime,
    firstBytes: Buffer.byteLength(first.text),
    firstGzipBytes: gzipSync(first.text).length,
    pageBytes: Buffer.byteLength(page.text),
    pageGzipBytes: gzipSync(page.text).length,
    unchanged: { status: unchanged.status, bytes: Buffer.byteLength(unchanged.text), ...unchangedTime },
    threeChanged: { customers: list.customers.length, bytes: Buffer.byteLength(changed.text) },
  };
}

const newestDay = (ctx: Context) => addDays(dayOf(ctx.clock.now(), 'UTC'), -1);

/** Bytes of the first answer of each page's poll, and of the next one five seconds later. */
async function othersOf(read: Read) {
  const found: { path: string; firstBytes: number; nextStatus: number; nextBytes: number }[] = [];
  for (const path of others) {
    const first = await read(path);
    await delay(1_100);
    const next = await read(path, first.revision);
    const bytes = Buffer.byteLength(first.text);
    found.push({ path, firstBytes: bytes, nextStatus: next.status, nextBytes: Buffer.byteLength(next.text) });
  }
  return found;
}

async function idleOf(ctx: Context) {
  const count = async () =>
    Number(
      (
        await ctx.db.pool.query(
          'SELECT xact_commit + xact_rollback AS n FROM pg_stat_database WHERE datname = current_database()',
        )
      ).rows[0].n,
    );
  const before = await count();
  await delay(idleSeconds * 1_000);
  return { seconds: idleSeconds, transactionsASecond: one(((await count()) - before - 1) / idleSeconds) };
}

/** Polls in six parts, and looks at the memory after each, when nothing is under way. */
async function memoryOf(ctx: Context, read: Read) {
  const { web, worker } = processesOf(ctx.config.dataDir);
  const lines: { after: number; webMb: number; workerMb: number; webHeapMb: number; workerHeapMb: number }[] = [];
  const held = new Map<string, string>();
  let next = 0;
  const pollUntil = async (end: number) => {
    while (next < end) {
      next += 1;
      for (const path of ['/api/customers', ...others.slice(0, 4)]) {
        const since = path === '/api/customers' && held.get(path) ? `?since=${held.get(path)}` : '';
        const { revision } = await read(path + since, held.get(path));
        held.set(path, revision);
      }
    }
  };
  const startedAt = performance.now();
  for (let sixth = 1; sixth <= 6; sixth += 1) {
    const end = Math.round((polls * sixth) / 6);
    await Promise.all(Array.from({ length: atOnce }, () => pollUntil(end)));
    lines.push({
      after: end,
      webMb: one(residentMb(web)),
      workerMb: one(residentMb(worker)),
      webHeapMb: one(await heapMb(web[0] ?? 0)),
      workerHeapMb: one(await heapMb(worker[0] ?? 0)),
    });
  }
  const [first, last] = [lines[0], lines.at(-1)];
  if (!first || !last) throw new Error('nothing was polled');
  const grownMb = { web: one(last.webHeapMb - first.webHeapMb), worker: one(last.workerHeapMb - first.workerHeapMb) };
  return { polls: polls * 5, seconds: one((performance.now() - startedAt) / 1_000), lines, grownMb };
}

const ctx = createContext({ process: 'bench' });
try {
  await manyCustomers(ctx, { customers, days, toDay: addDays(newestDay(ctx), 1) });
  await ctx.db.pool.query('VACUUM (ANALYZE) day_looks').catch(() => undefined);
  const read = reader(
    `http://127.0.0.1:${process.env.PORT ?? new URL(ctx.config.web.baseUrl).port}`,
    await viewerCookie(ctx),
  );
  const list = await listOf(ctx, read);
  say(
    `${customers} customers, ${days} days each: data p50 ${list.dataMs.p50} ms, p95 ${list.dataMs.p95} ms, ${list.ofOneCustomer} times one customer; ${list.wholeMs} ms for the first answer of a process`,
  );
  say(
    `first answer ${list.firstBytes} bytes (gzip ${list.firstGzipBytes}), p95 ${list.firstMs.p95} ms; the page ${list.pageBytes} bytes (gzip ${list.pageGzipBytes})`,
  );
  say(
    `poll that finds nothing new: ${list.unchanged.status}, ${list.unchanged.bytes} bytes, p95 ${list.unchanged.p95} ms; three customers changed: ${list.threeChanged.bytes} bytes`,
  );
  const polled = await othersOf(read);
  for (const { path, firstBytes, nextStatus, nextBytes } of polled)
    say(`${path.padEnd(22)} first ${firstBytes} bytes, next ${nextStatus} with ${nextBytes} bytes`);
  const idle = await idleOf(ctx);
  say(`idle: ${idle.transactionsASecond} transactions a second`);
  const memory = await memoryOf(ctx, read);
  for (const { after, webMb, workerMb, webHeapMb, workerHeapMb } of memory.lines)
    say(
      `after ${after} rounds: web ${webMb} MB, worker ${workerMb} MB; held: web ${webHeapMb} MB, worker ${workerHeapMb} MB`,
    );
  for (const [name, grown] of Object.entries(memory.grownMb)) {
    say(`what ${name} holds grew by ${grown} MB; at most ${growthMostMb} MB may be`);
    if (grown > growthMostMb) process.exitCode = 1;
  }
  say(JSON.stringify({ list, polled, idle, memory }));
} finally {
  await ctx.close();
}
