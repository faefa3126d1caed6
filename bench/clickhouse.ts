import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { delay } from '../lib/clock';
import { startClickHouse } from '../lib/embedded/clickhouse/start';
import { createLog } from '../lib/log';

const seconds = Number(process.argv[2] ?? 60);
const load = { perSecond: 200, connections: 8 };
const password = 'bench';
const users = { slc_reader: password, slc_labeler: password, slc_deleter: password, admin: password };

/** Resident memory of a process in MB. */
function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / 1024);
}

function send(url: string, agent: Agent, statement: string, body?: Readable): Promise<IncomingMessage> {
  const query = body ? `?${new URLSearchParams({ query: statement })}` : '';
  const headers = { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': password };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/${query}`, { method: 'POST', agent, headers }, resolve);
    sent.once('error', reject);
    if (body) pipeline(body, sent).catch(reject);
    else sent.end(statement);
  });
}

async function drain(answer: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of answer) bytes += (chunk as Buffer).length;
  if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
  return bytes;
}

const ticksPerSecond = 100;

/** Seconds of CPU that a process has used; with null, those of the whole machine. */
function cpuSeconds(pid: number | null): number {
  const text = readFileSync(pid === null ? '/proc/stat' : `/proc/${pid}/stat`, 'utf8');
  if (pid !== null) {
    const [user, system] = text.slice(text.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
    return ((user ?? 0) + (system ?? 0)) / ticksPerSecond;
  }
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = text.split(/\s+/).slice(1, 9).map(Number);
  return (user + nice + system + irq + soft + steal) / ticksPerSecond;
}

/** How busy the machine's cores were, and how much of that neither front, engine nor this process caused. */
function cpuOf(pids: { front: number; engine: number }) {
  const [front, engine, own, all] = [
    cpuSeconds(pids.front),
    cpuSeconds(pids.engine),
    cpuSeconds(process.pid),
    cpuSeconds(null),
  ];
  return { front, engine, foreign: all - front - engine - own };
}

/** Runs `work` and measures how far the memory of front and engine rose, and how many cores were busy. */
async function watched<T>(pids: { front: number; engine: number }, work: () => Promise<T>) {
  const before = { front: residentMb(pids.front), engine: residentMb(pids.engine) };
  const peak = { ...before };
  const timer = setInterval(() => {
    peak.front = Math.max(peak.front, residentMb(pids.front));
    peak.engine = Math.max(peak.engine, residentMb(pids.engine));
  }, 50);
  const startedAt = performance.now();
  const cpuBefore = cpuOf(pids);
  const result = await work();
  clearInterval(timer);
  const elapsed = (performance.now() - startedAt) / 1000;
  const cpuAfter = cpuOf(pids);
  const busy = (key: 'front' | 'engine' | 'foreign') => Number(((cpuAfter[key] - cpuBefore[key]) / elapsed).toFixed(2));
  const cores = { front: busy('front'), engine: busy('engine'), foreign: busy('foreign') };
  return { result, seconds: elapsed, before, peak, cores };
}

/** Sends `perSecond` statements at fixed instants over a few connections, while one long scan runs. */
async function smallQueries(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const scanAgent = new Agent({ keepAlive: true });
  let scanning = true;
  const scan = (async () => {
    while (scanning) {
      await send(
        url,
        scanAgent,
        'SELECT max(cityHash64(number)) FROM numbers(300000000) SETTINGS max_threads = 1',
      ).then(drain);
    }
  })();
  const times: number[] = [];
  let errors = 0;
  const startedAt = performance.now();
  const all: Promise<void>[] = [];
  for (let n = 0; n < seconds * load.perSecond; n += 1) {
    const dueMs = (n * 1000) / load.perSecond - (performance.now() - startedAt);
    if (dueMs > 1) await delay(dueMs);
    const at = performance.now();
    all.push(
      send(url, agent, `SELECT ${n}`)
        .then(drain)
        .then(
          () => void times.push(performance.now() - at),
          () => {
            errors += 1;
          },
        ),
    );
  }
  await Promise.all(all);
  scanning = false;
  await scan;
  times.sort((a, b) => a - b);
  const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(1));
  return { statements: times.length, errors, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(0.9999) };
}

function* insertRows(bytes: number): Generator<Buffer> {
  const line = 'abcdefghijklmnopqrstuvwxyz012345';
  const chunk = Buffer.from(Array.from({ length: 20_000 }, (_, n) => `${n}\t${line}\n`).join(''));
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
}

const dataDir = mkdtempSync(join(tmpdir(), 'slc-bench-'));
const server = await startClickHouse({ dataDir, users, log: createLog('bench', 'silent') });
try {
  const engine = Number(execFileSync('pgrep', ['-P', String(server.pid)]).toString());
  const pids = { front: server.pid, engine };
  const agent = new Agent({ keepAlive: true });
  const select = 'SELECT number, toString(number) FROM numbers(115000000) FORMAT TSV';
  await send(server.url, agent, 'CREATE TABLE bench (n UInt64, s String) ENGINE = MergeTree ORDER BY n').then(drain);

  const small = await watched(pids, () => smallQueries(server.url));
  const read = await watched(pids, () => send(server.url, agent, select).then(drain));
  const insert = await watched(pids, () =>
    send(server.url, agent, 'INSERT INTO bench FORMAT TSV', Readable.from(insertRows(1024 ** 3))).then(drain),
  );
  const memory = ({ before, peak }: typeof small | typeof read) =>
    `front ${before.front} -> ${peak.front} MB, engine ${before.engine} -> ${peak.engine} MB`;
  const rows = [
    ['small statements', `${small.result.statements} at ${load.perSecond}/s, ${small.result.errors} errors`],
    ['  latency', `p50 ${small.result.p50Ms} ms, p99 ${small.result.p99Ms} ms, max ${small.result.maxMs} ms`],
    ['  cores', `front ${small.cores.front}, engine with scan ${small.cores.engine}, others ${small.cores.foreign}`],
    ['  memory', memory(small)],
    ['result', `${(read.result / 1e9).toFixed(2)} GB in ${read.seconds.toFixed(1)} s`],
    ['  memory', memory(read)],
    ['insert', `1.07 GB in ${insert.seconds.toFixed(1)} s`],
    ['  memory', memory(insert)],
  ];
  for (const [name, value] of rows) process.stdout.write(`${name?.padEnd(20)}${value}\n`);
  process.stdout.write(`${JSON.stringify({ bench: 'clickhouse', small, read, insert })}\n`);
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
