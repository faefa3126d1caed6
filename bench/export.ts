import { parseArgs } from 'node:util';
import { ClickHouse } from '@/lib/clickhouse/client';
import { createContext } from '@/lib/context';
import { connectPostgres } from '@/lib/postgres/client';
import { makeCustomer } from './units/customer';
import { processesOf, residentMb } from './units/meter';
import { viewerCookie } from './units/viewer';

/**
 * The file of all conversations of one day, on a running embedded console (SLC_DATA_DIR): how long it takes, and by how
 * much the memory of the web process rises while it is sent. `npm run bench -- export [--conversations N]`
 */
const { values } = parseArgs({ options: { conversations: { type: 'string', default: '5000000' } } });
const conversations = Number(values.conversations);
const day = '2026-03-02';
const sampleMs = 100;

const ctx = createContext({ process: 'bench' });
const { url, users } = ctx.config.clickhouse;
const admin = new ClickHouse({ url, user: users.admin, log: ctx.log });
const chats = connectPostgres({ url: ctx.config.chats.ownerUrl, log: ctx.log, application: 'slc-bench' });
const say = (line: string) => process.stdout.write(`${line}\n`);
const one = (value: number) => Number(value.toFixed(1));

/** Bytes and lines of a file as they come, and its last line; nothing of it is kept. */
async function drained(path: string, cookie: string) {
  const base = `http://127.0.0.1:${process.env.PORT ?? new URL(ctx.config.web.baseUrl).port}`;
  const response = await fetch(base + path, { headers: { cookie }, redirect: 'error' });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  let bytes = 0;
  let lines = 0;
  let last = '';
  for await (const chunk of response.body ?? []) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) lines += 1;
    last = (last + part.toString('latin1')).slice(-500);
  }
  return { bytes, lines, last: last.trimEnd().split('\n').at(-1) ?? '' };
}

async function measure(customerId: string, cookie: string) {
  const { web, clickhouse } = processesOf(ctx.config.dataDir);
  const path = `/api/files/conversations?customer=${customerId}&day=${day}&show=all&format=csv`;
  const start = { web: residentMb(web), engine: residentMb(clickhouse) };
  const peak = { ...start };
  const webMb: number[] = [];
  const timer = setInterval(() => {
    webMb.push(residentMb(web));
    peak.web = Math.max(peak.web, webMb.at(-1) ?? 0);
    peak.engine = Math.max(peak.engine, residentMb(clickhouse));
  }, sampleMs);
  const startedAt = performance.now();
  const file = await drained(path, cookie);
  const seconds = (performance.now() - startedAt) / 1_000;
  clearInterval(timer);
  if (!file.last.startsWith('# end of export: ')) throw new Error(`the file ends with: ${file.last}`);
  const half = Math.floor(webMb.length / 2);
  return {
    conversations: file.lines - 2,
    megabytes: one(file.bytes / 1e6),
    seconds: one(seconds),
    webBeforeMb: one(start.web),
    webPeakFirstHalfMb: one(Math.max(...webMb.slice(0, half), start.web)),
    webPeakSecondHalfMb: one(Math.max(...webMb.slice(half), start.web)),
    engineBeforeMb: one(start.engine),
    enginePeakMb: one(peak.engine),
  };
}

async function main(): Promise<void> {
  const cookie = await viewerCookie(ctx);
  const results = [];
  for (const size of [conversations / 10, conversations]) {
    const id = `export-${size}-${Date.now().toString(36)}`;
    const shape = { id, fromDay: day, days: 1, conversationsADay: size, staleOf: () => 5, withoutChats: true };
    const customer = await makeCustomer(ctx, { admin, chats }, shape);
    const result = await measure(customer.id, cookie);
    say(
      `${result.conversations} conversations: ${result.megabytes} MB in ${result.seconds} s; web ${result.webBeforeMb} MB before, at most ${result.webPeakFirstHalfMb} MB in the first half and ${result.webPeakSecondHalfMb} MB in the second; engine ${result.engineBeforeMb} MB before, at most ${result.enginePeakMb} MB`,
    );
    results.push(result);
  }
  say(JSON.stringify({ files: results }));
}

try {
  await main();
} finally {
  await Promise.allSettled([ctx.close(), admin.close(), chats.close()]);
}
