import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { delay } from '@/lib/clock';
import { scheduleScans } from '@/lib/detection/schedule/schedule-scans';
import { atIntervals } from '@/lib/poll';
import { changeSome, keepChanging, seeFindings } from './watch/arrivals';
import { makeCustomers, type Watched } from './watch/customers';
import { costsSince, type Done, doneSince } from './watch/sql';
import { startWatchStack, untilQuiet, usedBetween, type WatchStack } from './watch/stack';

/**
 * Measures the watch over many customers with small tables on the real engines: first scans, rounds in which nothing
 * changed, changes that keep coming, and a day of quarter hours whose clock is moved ahead. The baseline of all ratios are
 * the first scans, which read everything.
 * `node dist/bench-watch.mjs [--customers N] [--rounds N] [--minutes N] [--changes N] [--period-seconds N] [--hours N]`
 */
const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '3' },
    changes: { type: 'string', default: '20' },
    'period-seconds': { type: 'string', default: '30' },
    hours: { type: 'string', default: '24' },
  },
});
const number = (name: keyof typeof values) => Number(values[name]);
const customers = number('customers');
const quarterMs = 15 * 60_000;
/** Customers that change in each quarter of an hour of the simulated day. */
const changesAQuarter = Math.ceil(customers / 10);

const say = (line: string) => process.stdout.write(`${line}\n`);
const seconds = (ms: number) => Number((ms / 1_000).toFixed(1));
const percentile = (all: readonly number[], share: number) =>
  all.toSorted((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0;

type Phase = Done & ReturnType<typeof usedBetween> & { wallMs: number };

/** Runs `work`, and measures what it used and what the schedule did in it. */
async function phase(stack: WatchStack, work: () => Promise<unknown>): Promise<Phase> {
  const before = await stack.usage();
  const known = await doneSince(stack.ctx.db, null);
  const startedAt = performance.now();
  await work();
  const wallMs = performance.now() - startedAt;
  const used = usedBetween(before, await stack.usage());
  return { ...(await doneSince(stack.ctx.db, known)), ...used, wallMs };
}

const line = (name: string, one: Phase) =>
  say(
    `${name.padEnd(26)} ${String(seconds(one.wallMs)).padStart(8)} s   engine ${String(seconds(one.engineCpuMs)).padStart(7)} s CPU   worker ${String(seconds(one.workerCpuMs)).padStart(6)} s   Postgres ${String(seconds(one.postgresCpuMs)).padStart(6)} s   scans ${String(one.scans).padStart(5)} (rows ${one.scanRows})   looks ${String(one.looks).padStart(6)}   transactions ${one.transactions}`,
  );

async function unchanged(stack: WatchStack) {
  const each: number[] = [];
  const all = await phase(stack, async () => {
    for (let round = 0; round < number('rounds'); round += 1) {
      stack.clock.aheadMs += quarterMs;
      each.push((await untilQuiet(stack)) / customers);
    }
  });
  return { all, each };
}

/** Changes come for some minutes: once by themselves, and once while the schedule looks for them. */
async function changing(stack: WatchStack, made: readonly Watched[]) {
  const { ctx } = stack;
  const runFor = async (changed: ReturnType<typeof seeFindings>['changed'], ms: number) => {
    const over = new AbortController();
    const coming = keepChanging(stack, made, { aSecond: number('changes'), signal: over.signal, changed });
    await delay(ms);
    over.abort();
    return coming;
  };
  const ms = number('minutes') * 60_000;
  const alone = await phase(stack, () => runFor(() => undefined, Math.min(ms, 30_000)));
  await untilQuiet(stack);
  ctx.config.detection.scanEveryMs = number('period-seconds') * 1_000;
  const stop = new AbortController();
  const scheduled = scheduleScans(ctx, stop.signal);
  const seen = seeFindings(stack);
  const looking = atIntervals(500, stop.signal, seen.look, (error) => say(`the findings could not be read: ${error}`));
  let changes = 0;
  const watched = await phase(stack, async () => {
    changes = await runFor(seen.changed, ms);
  });
  for (let left = 120; left > 0 && seen.waiting() > 0; left -= 1) await delay(1_000);
  stop.abort(new Error('enough'));
  await Promise.all([scheduled, looking]);
  ctx.config.detection.scanEveryMs = quarterMs;
  const aloneCore = alone.engineCpuMs / alone.wallMs;
  return { alone, watched, changes, seen, core: watched.engineCpuMs / watched.wallMs - aloneCore, aloneCore };
}

async function day(stack: WatchStack, made: readonly Watched[]) {
  const hours: Phase[] = [];
  const fromMs = stack.clock.now();
  for (let hour = 0; hour < number('hours'); hour += 1) {
    hours.push(
      await phase(stack, async () => {
        for (let quarter = 0; quarter < 4; quarter += 1) {
          await changeSome(stack, made, changesAQuarter);
          stack.clock.aheadMs += quarterMs;
          await untilQuiet(stack);
        }
      }),
    );
    line(`hour ${hour + 1}`, hours.at(-1) as Phase);
  }
  return { hours, costs: await costsSince(stack.ctx.db, fromMs) };
}

const sumOf = (all: readonly Phase[], of: (one: Phase) => number) => all.reduce((sum, one) => sum + of(one), 0);

const dataDir = mkdtempSync(join(tmpdir(), 'slc-bench-watch-'));
const stack = await startWatchStack(dataDir);
try {
  stack.ctx.config.detection.scanBudgetMs = 3_600_000;
  const madeAt = performance.now();
  const made = await makeCustomers(stack, customers);
  say(`${customers} customers were made in ${seconds(performance.now() - madeAt)} s; load ${loadavg()[0]?.toFixed(1)}`);
  const first = await phase(stack, () => untilQuiet(stack));
  line('first scans', first);
  await untilQuiet(stack);
  const { all: quiet, each } = await unchanged(stack);
  line(`${number('rounds')} rounds, no change`, quiet);
  const roundCpuMs = quiet.engineCpuMs / number('rounds');
  say(
    `a round without a change: ${percentile(each, 0.5).toFixed(1)} ms a customer (p95 ${percentile(each, 0.95).toFixed(1)}), engine ${Math.round(roundCpuMs)} ms CPU, ${Math.round(quiet.transactions / number('rounds'))} transactions; ${(100 * (roundCpuMs / first.engineCpuMs)).toFixed(1)} % of the first scans’ CPU`,
  );
  const come = await changing(stack, made);
  line('changes by themselves', come.alone);
  line(`changes, every ${values['period-seconds']} s`, come.watched);
  const p95 = percentile(come.seen.lags, 0.95);
  say(
    `${come.changes} changes, ${values.changes} a second: found after ${seconds(percentile(come.seen.lags, 0.5))} s (p95 ${seconds(p95)} s), ${come.seen.waiting()} not found; the watch takes ${(100 * come.core).toFixed(1)} % of a core of the engine, their inserts ${(100 * come.aloneCore).toFixed(1)} %`,
  );
  await untilQuiet(stack);
  const simulated = await day(stack, made);
  const { hours } = simulated;
  const dayCpuMs = sumOf(hours, (one) => one.engineCpuMs);
  const fullDayMs = first.engineCpuMs * 4 * hours.length;
  say(
    `${hours.length} hours of quarters, ${changesAQuarter} changes in each: engine ${seconds(dayCpuMs)} s CPU, ${(100 * (dayCpuMs / fullDayMs)).toFixed(1)} % of what full scans of all would take; ${sumOf(hours, (one) => one.scans)} scans, ${sumOf(hours, (one) => one.looks)} looks, ${sumOf(hours, (one) => one.transactions)} transactions`,
  );
  say(
    JSON.stringify({
      load: loadavg(),
      customers,
      first,
      quiet: {
        rounds: number('rounds'),
        ...quiet,
        msACustomer: { p50: percentile(each, 0.5), p95: percentile(each, 0.95) },
      },
      changing: {
        changes: come.changes,
        aSecond: number('changes'),
        periodSeconds: number('period-seconds'),
        coreShare: come.core,
        insertsCoreShare: come.aloneCore,
        foundAfterMs: { p50: percentile(come.seen.lags, 0.5), p95 },
        notFound: come.seen.waiting(),
        ...come.watched,
      },
      day: { hours, costs: simulated.costs, ratio: dayCpuMs / fullDayMs },
    }),
  );
} finally {
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit();
