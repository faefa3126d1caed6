import { setMaxListeners } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { delay } from '@/lib/clock';
import { messageOf } from '@/lib/errors';
import { every, poll } from '@/lib/poll';
import { Arrivals } from './faults/arrivals';
import { campaignCounts, checkCampaigns, checkHeld } from './faults/campaign-checks';
import { conduct, endCampaigns, halt, order } from './faults/campaigns';
import { makeCustomers, strategiesOf } from './faults/customers';
import { keepEvidence } from './faults/evidence';
import { checkLabels, labelledOf, type Violation } from './faults/labels';
import { Ledger, operate } from './faults/operators';
import { type Platform, startCluster } from './faults/platform';
import { endAll } from './faults/processes';
import { reap, startReaper } from './faults/reaper';
import { checkAudit, checkDeletes, checkJobs, checkSentences, Mutations } from './faults/records';
import { kindRows, tableOf } from './faults/report';
import { bringToRest } from './faults/rest';
import { faultKinds, scheduleOf } from './faults/schedule';
import { selectDaysInWork } from './faults/sql';
import { type FaultStack, startFaultStack } from './faults/stack';
import { Storm } from './faults/storm';
import { Person } from './faults/web';

/**
 * Repairs ten days of several customers while everything that can fail fails, and then counts:
 * `node dist/bench-faults.mjs --seed 7 --minutes 3`. The seed decides the faults, their times and victims, the data and
 * what people do. Real time is not replayed, so a second run is only nearly the same. Prints a table and one line of
 * JSON. Exit codes: 0 no violation, 1 a violation (the folder with the evidence is named), 2 wrong arguments.
 */
const usage = 'Usage: npm run faults -- --seed <number> --minutes <number> [--customers <number>] [--cluster] [--keep]';
const restWithinMs = 30 * 60_000;
/** The first fault waits until there is something to hit. */
const firstWorkWithinMs = 5 * 60_000;
/** How long what was hit may take to move on after the storm. */
const settleWithinMs = 10 * 60_000;

const startedAt = Date.now();
const say = (line: string) =>
  process.stdout.write(`${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));

if (process.argv[2] === 'reaper') {
  await reap(process.argv[3] ?? '');
} else {
  process.exitCode = await main().catch((error) => {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  });
  process.exit();
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string', default: '3' },
      customers: { type: 'string' },
      cluster: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
  const minutes = Number(values.minutes);
  const customers = Number(values.customers ?? (minutes < 2 ? 3 : 6));
  const right = Number.isSafeInteger(seed) && minutes > 0 && minutes <= 240 && customers >= 1 && customers <= 8;
  return right ? { seed, minutes, customers, cluster: values.cluster, keep: values.keep } : null;
}

async function main(): Promise<number> {
  const options = readArguments();
  if (!options) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { seed, minutes, customers } = options;
  const dataDir = mkdtempSync(join(tmpdir(), `slc-faults-${seed}-`));
  chmodSync(dataDir, 0o755);
  // NOTE: children without their own environment inherit this one, with the marker by which `endAll` finds them.
  process.env.SLC_DATA_DIR = dataDir;
  startReaper(dataDir);
  say(`seed ${seed}, ${minutes} minutes, ${customers} customers, in ${dataDir}`);
  let violations: Violation[] = [];
  let stack: FaultStack | null = null;
  let platform: Platform | null = null;
  try {
    platform = options.cluster ? await startCluster(dataDir) : null;
    stack = await startFaultStack({ dataDir, extraEnv: platform?.env ?? {}, webEnv: platform?.webEnv });
    await platform?.ready(stack);
    const result = await storm(stack, platform, options);
    violations = result.violations;
    process.stdout.write(`\n${tableOf(result.rows)}\n\n`);
    for (const { rule, sentence } of violations) process.stdout.write(`VIOLATED  ${rule}: ${sentence}\n`);
    if (violations.length > 0) keepEvidence(dataDir, result);
    const { rows, counts } = result;
    process.stdout.write(
      `${JSON.stringify({ seed, minutes, customers, ok: violations.length === 0, violations: violations.length, faults: rows, ...counts })}\n`,
    );
    return violations.length === 0 ? 0 : 1;
  } catch (error) {
    keepEvidence(dataDir, { error: error instanceof Error ? error.stack : String(error) });
    violations = [{ rule: 'the bench itself', sentence: messageOf(error) }];
    throw error;
  } finally {
    stack?.letGo();
    await platform?.stop();
    await endAll(dataDir);
    if (violations.length === 0 && !options.keep) rmSync(dataDir, { recursive: true, force: true });
    else process.stderr.write(`Evidence, logs and data are in ${dataDir}. Replay with --seed ${seed}.\n`);
  }
}

async function storm(
  stack: FaultStack,
  platform: Platform | null,
  options: { seed: number; minutes: number; customers: number },
) {
  const { seed, minutes } = options;
  const subjects = await makeCustomers(stack, { seed, customers: options.customers, conversationsADay: 60 });
  const before = await Promise.all(subjects.map((subject) => labelledOf(stack, subject)));
  const strategies = await strategiesOf(stack, subjects);
  const people = ['olga', 'oscar'].map((name) => new Person(stack.url, name));
  const conductor = new Person(stack.url, 'carla');
  const repaired = subjects.slice(0, subjects.length - (subjects.length > 3 ? 2 : 1));
  const ledger = new Ledger(seed);
  const arrivals = new Arrivals(stack, subjects, seed);
  const mutations = new Mutations(stack, subjects);
  const faults = scheduleOf({
    seed,
    durationMs: minutes * 60_000,
    kinds: faultKinds.filter((kind) => kind !== (platform ? 'Job’s wrapper killed' : 'API server stopped')),
  });
  say(`ready; strategies: ${strategies.join(', ')}; ${faults.length} faults`);

  const storming = new AbortController();
  // Everybody's pauses listen to it.
  setMaxListeners(0, storming.signal);
  const over = new AbortController();
  stopping.signal.addEventListener('abort', () => storming.abort(stopping.signal.reason), { once: true });
  const violent = new Storm({ stack, subjects, platform }, say);
  const arriving = arrivals.run(storming.signal);
  const watching = mutations.watch(over.signal);
  const operating = people.map((person) =>
    operate(person, { subjects: repaired, strategies, seed, ledger }, storming.signal),
  );
  const [approver = conductor] = people;
  operating.push(conduct(conductor, { subjects, seed, ledger }, storming.signal));
  operating.push(halt(conductor, { subjects, seed, ledger }, storming.signal));
  operating.push(order(conductor, approver, { subjects, seed, ledger }, storming.signal));
  const atWork = await violent.awaitWork(Date.now() + firstWorkWithinMs, storming.signal);
  stopping.signal.throwIfAborted();
  if (!atWork) {
    const last = ledger.acts.at(-1);
    throw new Error(`No repair began. ${last ? `${last.what}: ${JSON.stringify(last.answered)}` : 'Nobody asked.'}`);
  }
  await Promise.all([
    violent.run(faults, storming.signal),
    delay(minutes * 60_000, stopping.signal).catch(() => undefined),
  ]);
  storming.abort(new Error('the time is up'));
  say('the storm is over; what was hit goes on');
  await Promise.all([arriving, ...operating]);
  stopping.signal.throwIfAborted();
  const [person] = people;
  if (!person) throw new Error('nobody is there');
  const settled = violent.settle(Date.now() + settleWithinMs, stopping.signal);
  const untilMs = Date.now() + restWithinMs;
  const unended = await endCampaigns(conductor, ledger, { untilMs, signal: stopping.signal });
  say('campaigns and orders have ended');
  const ofHeld = await untilNothingWorks(stack, untilMs).then(async (isStill) =>
    isStill
      ? (
          await Promise.all(
            subjects.map((subject, at) => checkHeld(stack, { subject, before: before[at] ?? new Set(), arrivals })),
          )
        ).flat()
      : [],
  );
  const restless = await bringToRest(person, { subjects, ledger, say }, { untilMs, signal: stopping.signal });
  await settled;
  stopping.signal.throwIfAborted();
  over.abort(new Error('the end'));
  await watching;
  await mutations.look();
  say('counting');

  const { violations: ofJobs, jobs } = await (platform?.checkJobs() ?? checkJobs(stack.dataDir));
  const ofLabels = await Promise.all(
    subjects.map((subject, at) => checkLabels(stack, subject, before[at] ?? new Set(), arrivals)),
  );
  const lost = violent.outcomes.filter((one) => one.what !== null && one.survivedMs === null);
  const violations: Violation[] = [
    ...restless.map((one) => ({
      rule: 'everything comes to rest',
      sentence: `${one.customerId}, run ${one.runId ?? 'none'}: ${one.says}`,
    })),
    ...unended.map((sentence) => ({ rule: 'everything comes to rest', sentence })),
    ...ofHeld,
    ...lost.map(({ fault, what }) => ({ rule: 'every fault is survived', sentence: `${fault.kind} (${what})` })),
    ...ofLabels.flat(),
    ...ofJobs,
    ...(await checkDeletes(stack, mutations.seen.values())),
    ...(await checkCampaigns(stack)),
    ...(await checkAudit(stack, ledger.acts)),
    ...(await checkSentences(stack)),
  ];
  const answered = (outcome: string) => ledger.acts.filter((act) => act.answered.outcome === outcome).length;
  return {
    violations,
    rows: kindRows(violent.outcomes),
    acts: ledger.acts,
    outcomes: violent.outcomes,
    mutations: [...mutations.seen.values()],
    counts: {
      acts: { ok: answered('ok'), refused: answered('refused'), unknown: answered('unknown') },
      campaigns: await campaignCounts(stack),
      faultsWhileCampaigns: countsOf(
        violent.outcomes.filter(({ what }) => what !== null).flatMap(({ during }) => during),
      ),
      arrivals: arrivals.counts,
      jobs,
      deletes: mutations.seen.size,
      endedByThemselves: Object.fromEntries(
        [stack.web, ...stack.workers, stack.clickhouse, stack.postgres].map((part) => [
          part.name,
          part.endedByItself(),
        ]),
      ),
      seconds: Math.round((Date.now() - startedAt) / 1_000),
      load: Number((loadavg()[0] ?? 0).toFixed(1)),
    },
  };
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** False where units were still in work at that time. */
async function untilNothingWorks({ ctx }: FaultStack, untilMs: number): Promise<boolean> {
  const look = async () => ((await ctx.db.query(selectDaysInWork).catch(() => null))?.length === 0 ? true : null);
  return (await poll({ ...every(500), withinMs: untilMs - Date.now(), signal: stopping.signal }, look)) ?? false;
}
