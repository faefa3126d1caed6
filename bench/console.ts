import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Actor } from '@/lib/auth/model';
import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { runStatusOf } from '@/lib/backfill/state/controls';
import type { ItemView, RunView } from '@/lib/backfill/state/model';
import { selectItemStatuses } from '@/lib/backfill/state/sql/items';
import { getRun } from '@/lib/backfill/view/get-run';
import { type Context, createContext } from '@/lib/context';
import { every, poll } from '@/lib/poll';
import { viewerCookie } from './units/viewer';
import { usageEach, usageLine, usageOf } from './usage';

/**
 * Measures the console itself on a running embedded demo (SLC_DATA_DIR): the server's time for a page, the JavaScript
 * of its first load, and the time of a repaired day that its Jobs and its mutation do not account for.
 * `node dist/bench-console.mjs`
 */
const rounds = 20;
const actor: Actor = { name: 'bench', role: 'operator', via: 'cli', requestId: 'bench' };
const customerId = 'pacific-outfitters';
const range = { fromDay: '2026-03-02', toDay: '2026-03-12' };
const pages = [
  '/customers',
  '/customers/alaska-air',
  '/customers/alaska-air/days/2026-02-10',
  '/backfills',
  '/active-days?customer=alaska-air&from=2026-02-10&to=2026-02-11',
  '/health',
];

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

async function measurePage(base: string, path: string, cookie: string) {
  const load = async () => {
    const response = await fetch(base + path, { headers: { cookie }, redirect: 'error' });
    const html = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return html;
  };
  const html = await load();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await load();
    times.push(performance.now() - startedAt);
  }
  // NOTE: a browser that knows modules never loads scripts marked noModule.
  const tags = [...html.matchAll(/<script[^>]+src="([^"]+\.js[^"]*)"[^>]*>/g)].filter(
    ([tag]) => !/nomodule/i.test(tag),
  );
  const scripts = [...new Set(tags.map((match) => match[1] ?? ''))];
  const sizes = await Promise.all(
    scripts.map(async (src) => gzipSync(Buffer.from(await (await fetch(new URL(src, base))).arrayBuffer())).length),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { path, serverMs: Number(median(times).toFixed(1)), firstLoadJsKb: Number((bytes / 1000).toFixed(1)) };
}

async function runDays(ctx: Context): Promise<RunView> {
  const request = { customerId, ...range, strategy: 'replace' as const, units: 'day' as const, onlyAffected: false };
  const plan = await planBackfill(ctx, request);
  const confirmed = [
    ...plan.checks.filter((check) => check.verdict === 'unknown').map((check) => check.id),
    'open-labels',
  ];
  const { runId } = await startBackfill(ctx, { ...request, planHash: plan.hash, reason: 'bench', confirmed }, actor);
  // NOTE: a poll of getRun asks both engines each time, and would slow down what is measured.
  await poll(every(250), async () => {
    const status = runStatusOf(await ctx.db.query(selectItemStatuses, { runId }));
    return status === 'queued' || status === 'running' ? null : status;
  });
  return getRun(ctx, runId);
}

/** Milliseconds of one step: before it began, those of its Job's process or its mutation, and the rest of it. */
type StepTimes = { step: string; beforeMs: number; outsideMs: number; restMs: number };

/** A unit's steps in order. What is neither a Job's process nor the mutation is orchestration. */
async function timesOf(ctx: Context, item: ItemView): Promise<StepTimes[]> {
  const launcher = await ctx.launcher();
  const steps = item.steps.filter(({ status }) => status === 'done');
  const jobs = await launcher.inspect(steps.flatMap(({ jobName }) => jobName ?? []));
  let endedMs = item.startedAtMs ?? 0;
  return steps.map(({ step, jobName, startedAtMs, endedAtMs }, at) => {
    const job = jobs.find(({ name }) => name === jobName);
    const from = startedAtMs ?? endedMs;
    // NOTE: the end of the mutation is written down as that of the delete as well.
    const to = Math.min(endedAtMs ?? from, steps[at + 1]?.startedAtMs ?? Number.POSITIVE_INFINITY);
    const jobMs = Math.max(0, (job?.endedAt ?? 0) - (job?.startedAt ?? 0));
    const outsideMs = step === 'mutation' ? to - from : jobMs;
    const beforeMs = Math.max(0, from - endedMs);
    endedMs = to;
    return { step, beforeMs, outsideMs, restMs: to - from - outsideMs };
  });
}

/** The processes of an embedded console by name, as its supervisor wrote them down. */
function pidsOf(dataDir: string): Record<string, number[]> {
  const { children } = JSON.parse(readFileSync(join(dataDir, 'processes.json'), 'utf8')) as {
    children: { name: string; pid: number }[];
  };
  return Object.fromEntries(children.map(({ name, pid }) => [name, [pid]]));
}

const ctx = createContext({ process: 'bench' });
try {
  const { baseUrl } = ctx.config.web;
  const cookie = await viewerCookie(ctx);
  const pagesMeasured = [];
  for (const path of pages) pagesMeasured.push(await measurePage(baseUrl, path, cookie));
  process.stdout.write(
    'page                                                          server ms   first load JS kB (gzip)\n',
  );
  for (const { path, serverMs, firstLoadJsKb } of pagesMeasured)
    process.stdout.write(`${path.padEnd(64)}${String(serverMs).padStart(7)}${String(firstLoadJsKb).padStart(14)}\n`);

  const measured = { clickhouse: ctx.clickhouse, db: ctx.db, pids: pidsOf(ctx.config.dataDir) };
  const before = await usageOf(measured);
  const run = await runDays(ctx);
  const after = await usageOf(measured);
  const days = run.units.filter((item) => item.status === 'verified');
  const times = await Promise.all(days.map((item) => timesOf(ctx, item)));
  const wall = days.map((item) => (item.endedAtMs ?? 0) - (item.startedAtMs ?? 0));
  const orchestration = times.map((steps, at) => steps.reduce((ms, { outsideMs }) => ms - outsideMs, wall[at] ?? 0));
  const between = days.slice(1).map((item, at) => (item.startedAtMs ?? 0) - (days[at]?.endedAtMs ?? 0));
  const repair = {
    status: run.status,
    days: days.length,
    dayMs: Math.round(median(wall)),
    orchestrationMs: Math.round(median(orchestration)),
    orchestrationMaxMs: Math.round(Math.max(0, ...orchestration)),
    betweenMs: Math.round(median(between)),
    each: usageEach(before, after, days.length),
    steps: (times[0] ?? []).map(({ step }) => {
      const of = (part: 'beforeMs' | 'outsideMs' | 'restMs') =>
        Math.round(median(times.map((steps) => steps.find((one) => one.step === step)?.[part] ?? 0)));
      return { step, beforeMs: of('beforeMs'), outsideMs: of('outsideMs'), restMs: of('restMs') };
    }),
  };
  process.stdout.write(
    `\nrepair of ${repair.days} days (${repair.status}): ${repair.dayMs} ms a day, of which ${repair.orchestrationMs} ms outside Jobs and mutation (most ${repair.orchestrationMaxMs} ms), and ${repair.betweenMs} ms between two days\n`,
  );
  process.stdout.write('step          before it ms   Job or mutation ms   rest ms\n');
  for (const { step, beforeMs, outsideMs, restMs } of repair.steps)
    process.stdout.write(
      `${step.padEnd(14)}${String(beforeMs).padStart(12)}${String(outsideMs).padStart(21)}${String(restMs).padStart(10)}\n`,
    );
  process.stdout.write(`a day, its plan and its scan included: ${usageLine(repair.each)}\n`);
  process.stdout.write(`${JSON.stringify({ pages: pagesMeasured, repair })}\n`);
} finally {
  await ctx.close();
}
