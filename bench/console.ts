import { gzipSync } from 'node:zlib';
import type { Actor } from '@/lib/auth/model';
import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import type { ItemView, RunView } from '@/lib/backfill/state/model';
import { getRun } from '@/lib/backfill/view/get-run';
import { type Context, createContext } from '@/lib/context';
import { every, poll } from '@/lib/poll';
import { viewerCookie } from './units/viewer';

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
  const request = { customerId, ...range, strategy: 'replace' as const, onlyAffected: false };
  const plan = await planBackfill(ctx, request);
  const confirmed = [
    ...plan.checks.filter((check) => check.verdict === 'unknown').map((check) => check.id),
    'open-labels',
  ];
  const { runId } = await startBackfill(ctx, { ...request, planHash: plan.hash, reason: 'bench', confirmed }, actor);
  return poll(every(250), async () => {
    const run = await getRun(ctx, runId);
    return run.status === 'queued' || run.status === 'running' ? null : run;
  });
}

/** The time of the day minus that of its Jobs' processes and of its mutation. */
async function orchestrationMs(ctx: Context, item: ItemView): Promise<number> {
  const launcher = await ctx.launcher();
  const names = item.steps.flatMap((step) => step.jobName ?? []);
  const jobs = await launcher.inspect(names);
  const jobMs = jobs.reduce((sum, job) => sum + Math.max(0, (job.endedAt ?? 0) - (job.startedAt ?? 0)), 0);
  const mutation = item.steps.find((step) => step.step === 'mutation');
  const mutationMs = (mutation?.endedAtMs ?? 0) - (mutation?.startedAtMs ?? 0);
  return (item.endedAtMs ?? 0) - (item.startedAtMs ?? 0) - jobMs - mutationMs;
}

const ctx = createContext({ process: 'bench' });
try {
  const { baseUrl } = ctx.config.web;
  const cookie = await viewerCookie(ctx);
  const measured = [];
  for (const path of pages) measured.push(await measurePage(baseUrl, path, cookie));
  process.stdout.write(
    'page                                                          server ms   first load JS kB (gzip)\n',
  );
  for (const { path, serverMs, firstLoadJsKb } of measured)
    process.stdout.write(`${path.padEnd(64)}${String(serverMs).padStart(7)}${String(firstLoadJsKb).padStart(14)}\n`);

  const run = await runDays(ctx);
  const days = run.units.filter((item) => item.status === 'verified');
  const orchestration = await Promise.all(days.map((item) => orchestrationMs(ctx, item)));
  const wall = days.map((item) => (item.endedAtMs ?? 0) - (item.startedAtMs ?? 0));
  const repair = {
    status: run.status,
    days: days.length,
    dayMs: Math.round(median(wall)),
    orchestrationMs: Math.round(median(orchestration)),
    orchestrationMaxMs: Math.round(Math.max(0, ...orchestration)),
  };
  process.stdout.write(
    `\nrepair of ${repair.days} days (${repair.status}): ${repair.dayMs} ms a day, of which ${repair.orchestrationMs} ms outside Jobs and mutation (most ${repair.orchestrationMaxMs} ms)\n`,
  );
  process.stdout.write(`${JSON.stringify({ pages: measured, repair })}\n`);
} finally {
  await ctx.close();
}
