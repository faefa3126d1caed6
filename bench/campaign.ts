import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Actor } from '@/lib/auth/model';
import { startCampaign } from '@/lib/campaigns/control/start-campaign';
import { planCampaign } from '@/lib/campaigns/plan/plan-campaign';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import { addDays } from '@/lib/days';
import { every, poll } from '@/lib/poll';
import { type StepTime, selectCampaignSteps, selectCampaignUnits, type UnitTime } from './campaign/sql';
import { makeCustomers } from './faults/customers';
import { endAll } from './faults/processes';
import { type FaultStack, startFaultStack } from './faults/stack';
import { usageEach, usageLine, usageOf } from './usage';

/**
 * Measures a campaign on a separate console with two workers: 50 customers of ten affected days each, repaired by the
 * real Jobs. A relabel Job first waits for `--pod-seconds`, as a Job of a cluster does whose pod is scheduled and whose
 * labeler reads its source; the processes of this machine start within half a second and compete for its processors,
 * which those of a cluster do not. By itself it runs as many at a time as there are processors here.
 * `node dist/bench-campaign.mjs [--customers N] [--concurrency N] [--pod-seconds N]`
 */
const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '50' },
    concurrency: { type: 'string', default: '2' },
    'pod-seconds': { type: 'string', default: '30' },
  },
});
const customers = Number(values.customers);
const concurrency = Number(values.concurrency);
const podSeconds = Number(values['pod-seconds']);
const actor: Actor = { name: 'bench', role: 'operator', via: 'cli', requestId: 'bench' };
const conversationsADay = 120;
const seconds = (ms: number) => Number((ms / 1_000).toFixed(1));
const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
const median = (all: readonly number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
const say = (line: string) => process.stdout.write(`${line}\n`);

async function campaignOf(stack: FaultStack) {
  const { ctx } = stack;
  const subjects = await makeCustomers(stack, { seed: 12, customers, conversationsADay, prefix: 'campaign' });
  const starts = subjects.map(({ range }) => range.fromDay).sort();
  const ends = subjects.map(({ range }) => range.toDay).sort();
  const plannedAt = performance.now();
  const { campaignId } = await planCampaign(
    ctx,
    {
      filter: { by: 'name', customerIds: subjects.map(({ customer }) => customer.id) },
      fromDay: starts[0] ?? '',
      toDay: ends.at(-1) ?? addDays(starts[0] ?? '', 1),
      waves: [500],
      concurrency,
      confirmed: ['labeler-running', 'orphans', 'chats', 'open-labels'],
    },
    actor,
  );
  const planned = await poll(every(500), async () => {
    const view = await getCampaign(ctx, campaignId);
    return view.status === 'planning' ? null : view;
  });
  const planMs = performance.now() - plannedAt;
  say(
    `planned in ${seconds(planMs)} s: ${planned.sums.customers} customers, ${planned.sums.units} units, ${planned.sums.rowsToDelete} rows to delete`,
  );
  const { planHash } = planned;
  if (planned.status !== 'planned' || !planHash) throw new Error(`the campaign is ${planned.status}: ${planned.next}`);
  const before = await usageOf(measuredOf(stack));
  await startCampaign(ctx, { campaignId, planHash, reason: 'bench' }, actor);
  const ended = await poll(every(1_000), async () => {
    const view = await getCampaign(ctx, campaignId);
    return view.status === 'ended' ? view : null;
  });
  const after = await usageOf(measuredOf(stack));
  const [steps, units] = await Promise.all([
    ctx.db.query(selectCampaignSteps, { campaignId }),
    ctx.db.query(selectCampaignUnits, { campaignId }),
  ]);
  return { planMs, ended, steps, units, each: usageEach(before, after, units.length) };
}

const measuredOf = (stack: FaultStack) => ({
  clickhouse: stack.admin,
  db: stack.ctx.db,
  pids: {
    clickhouse: [stack.clickhouse.pid()],
    postgres: [stack.postgres.pid()],
    web: [stack.web.pid()],
    worker: stack.workers.map((worker) => worker.pid()),
  },
});

/** Milliseconds of a step that count as a Job's or as the mutation's. */
const outsideOf = ({ step, startedMs, endedMs, job }: StepTime): number => {
  if (step === 'mutation') return endedMs - startedMs;
  return job?.startedAt && job.endedAt ? job.endedAt - job.startedAt : 0;
};

function report({ planMs, ended, steps, units, each }: Awaited<ReturnType<typeof campaignOf>>) {
  const outside = steps.map((one) => ({ step: one.step, ms: outsideOf(one) })).filter(({ ms }) => ms > 0);
  const kinds = [...new Set(outside.map(({ step }) => step))].map((step) => {
    const its = outside.filter((one) => one.step === step).map(({ ms }) => ms);
    return { step, count: its.length, medianMs: Math.round(median(its)), sumSeconds: seconds(sum(its)) };
  });
  const outsideMs = sum(outside.map(({ ms }) => ms));
  const wallMs = (ended.endedAtMs ?? 0) - (ended.startedAtMs ?? 0);
  const idealMs = outsideMs / concurrency;
  const unitMs = units.map((unit) => unit.endedMs - unit.startedMs);
  const waitMs = firstUnits(units).map((unit) => unit.startedMs - unit.runCreatedMs);
  return {
    outcome: ended.outcome,
    customers: ended.sums.customers,
    units: units.length,
    concurrency,
    podSeconds,
    planSeconds: seconds(planMs),
    wallSeconds: seconds(wallMs),
    jobsAndMutationsSeconds: seconds(outsideMs),
    byConcurrencySeconds: seconds(idealMs),
    ratio: Number((wallMs / Math.max(1, idealMs)).toFixed(3)),
    unitMs: Math.round(median(unitMs)),
    outsideOfUnitMs: Math.round(outsideMs / Math.max(1, units.length)),
    firstUnitWaitMs: Math.round(median(waitMs)),
    busyLanes: Number((sum(unitMs) / Math.max(1, wallMs)).toFixed(2)),
    kinds,
    each,
  };
}

const firstUnits = (units: readonly UnitTime[]) =>
  units.filter(({ seq }) => seq === Math.min(...units.map((u) => u.seq)));

const dataDir = mkdtempSync(join(tmpdir(), 'slc-bench-campaign-'));
process.env.SLC_DATA_DIR = dataDir;
const labeler = `${process.execPath} ${resolve('dist', 'labeler.mjs')}`;
let stack: FaultStack | null = null;
try {
  stack = await startFaultStack({
    dataDir,
    extraEnv: {
      SLC_LOG_LEVEL: 'warn',
      ...(podSeconds > 0 ? { SLC_LABELER_COMMAND: `sh -c "sleep ${podSeconds}; exec ${labeler}"` } : {}),
    },
  });
  const found = report(await campaignOf(stack));
  say(
    `${found.customers} customers, ${found.units} units (${found.outcome}), ${concurrency} at a time, each relabel Job waits ${podSeconds} s first`,
  );
  for (const { step, count, medianMs, sumSeconds } of found.kinds)
    say(`${step.padEnd(10)} ${String(count).padStart(5)}   median ${medianMs} ms   in all ${sumSeconds} s`);
  say(
    `wall ${found.wallSeconds} s; Jobs and mutations ${found.jobsAndMutationsSeconds} s, by ${concurrency} ${found.byConcurrencySeconds} s; ratio ${found.ratio} (goal 1.15)`,
  );
  say(
    `a unit ${found.unitMs} ms, of which Jobs and mutation ${found.outsideOfUnitMs} ms; the first waits ${found.firstUnitWaitMs} ms for a worker; ${found.busyLanes} units were in work at a time`,
  );
  say(`a unit, its fresh plan and its scan included: ${usageLine(found.each)}`);
  say(JSON.stringify(found));
  process.exitCode = found.outcome === 'all verified' ? 0 : 1;
} finally {
  stack?.letGo();
  await endAll(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit();
