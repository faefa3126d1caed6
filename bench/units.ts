import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { getPlan } from '@/lib/backfill/plan/get-plan';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { requestPlan } from '@/lib/backfill/plan/request-plan';
import { type Plan, workedUnits } from '@/lib/backfill/state/plan-model';
import type { RepairStrategy } from '@/lib/backfill/state/strategies';
import { getRun } from '@/lib/backfill/view/get-run';
import { ClickHouse } from '@/lib/clickhouse/client';
import { childEnvironment, loadConfig } from '@/lib/config';
import { createContext } from '@/lib/context';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { addDays } from '@/lib/days';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { every, poll } from '@/lib/poll';
import { connectPostgres } from '@/lib/postgres/client';
import { actor, makeCustomer, type Shape } from './units/customer';
import { type Cost, measured } from './units/meter';

/**
 * What plans and their units cost, on a running embedded console (SLC_DATA_DIR): the plan of a year, and the repair of
 * thirty days by each choice of units. Rows and bytes are those that ClickHouse rewrote.
 * `node dist/bench-units.mjs [plans] [repairs]`
 */
const asked = process.argv.slice(2);
const isAsked = (part: string) => asked.length === 0 || asked.includes(part);

const yearDays = 365;
const yearConversations = 300_000;
const monthDays = 30;
const dayConversations = 10_000;
/** Thirty days from here are fifteen in each of two monthly partitions. */
const monthFrom = '2025-03-17';
const unitRows = [50_000, 100_000, 200_000];

const ctx = createContext({ process: 'bench' });
const { clickhouse, chats: chatsOf, dataDir } = ctx.config;
const admin = new ClickHouse({ url: clickhouse.url, user: clickhouse.users.admin, log: ctx.log });
const chats = connectPostgres({ url: chatsOf.ownerUrl, log: ctx.log, application: 'slc-bench' });
const meter = { admin, dataDir };
const print = (...cells: (string | number)[]) =>
  process.stdout.write(
    `${cells.map((cell, at) => (at === 0 ? String(cell).padEnd(34) : String(cell).padStart(13))).join('')}\n`,
  );
const rangeOf = (customer: Customer, { fromDay, days }: Pick<Shape, 'fromDay' | 'days'>) =>
  scopeOf(customer, fromDay, addDays(fromDay, days));

/** A plan as a page asks for it: the worker makes it. */
async function planByWorker(customer: Customer, { fromDay, days }: Pick<Shape, 'fromDay' | 'days'>): Promise<Plan> {
  const request = { kind: 'backfill', customerId: customer.id, fromDay, toDay: addDays(fromDay, days) } as const;
  const { planId } = await requestPlan(ctx, request, actor);
  return poll(every(100), async () => {
    const { status, plan, failure } = await getPlan(ctx, planId);
    if (status === 'failed') throw new Error(failure?.message);
    return status === 'done' ? plan : null;
  });
}

type PlanLine = { data: string; units: number; affected: number; cpuRatio: number; plan: Cost; scan: Cost };

/** Plans a range, and counts it as a scan does, for the ratio. */
async function measurePlan(data: string, shape: Shape): Promise<PlanLine> {
  const customer = await makeCustomer(ctx, { admin, chats }, shape);
  const { result: days, ...scan } = await measured(meter, () => classifyScope(ctx, rangeOf(customer, shape)));
  const { result: plan, ...cost } = await measured(meter, () => planByWorker(customer, shape));
  const units = workedUnits(plan);
  return {
    data,
    units: units.length,
    affected: days.days.reduce((sum, day) => sum + day.affected, 0),
    cpuRatio: cost.engineCpuSeconds / scan.engineCpuSeconds,
    plan: cost,
    scan,
  };
}

type RepairLine = {
  strategy: RepairStrategy;
  units: string;
  unitRows: number | null;
  count: number;
  status: string;
  mutations: number;
  /** Rows rewritten by mutations, of those in the table; and those that merges wrote. */
  rewritten: number;
  merged: number;
  gapSeconds: number;
} & Cost;

/** Repairs thirty days of a fresh customer, all of which are affected. */
async function measureRepair(
  strategy: RepairStrategy,
  { units, rowsMax }: { units: 'day' | 'joined'; rowsMax: number | null },
): Promise<RepairLine> {
  const shape: Shape = {
    id: `month-${strategy}-${rowsMax ?? units}`.replace('no-gap', 'nogap'),
    fromDay: monthFrom,
    days: monthDays,
    conversationsADay: dayConversations,
    staleOf: () => 17,
  };
  const customer = await makeCustomer(ctx, { admin, chats }, shape);
  const env: Record<string, string> = rowsMax === null ? {} : { SLC_UNIT_ROWS: String(rowsMax) };
  const planner = createContext({ process: 'bench', config: loadConfig(childEnvironment(env)) });
  try {
    const request = {
      customerId: customer.id,
      fromDay: shape.fromDay,
      toDay: addDays(shape.fromDay, shape.days),
      strategy,
      units,
    };
    const plan = await planBackfill(planner, request);
    const confirmed = [
      ...plan.checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id),
      'open-labels',
    ];
    const { result: run, ...cost } = await measured(meter, async () => {
      const { runId } = await startBackfill(
        planner,
        { ...request, planHash: plan.hash, reason: 'bench', confirmed },
        actor,
      );
      return poll(every(500), async () => {
        const { rows } = await ctx.db.pool.query('SELECT status FROM backfill_runs WHERE id = $1', [runId]);
        return ['queued', 'running'].includes(rows[0]?.status) ? null : getRun(ctx, runId);
      });
    });
    const table = `${customer.database}.conversation_with_labels`;
    const answer = await admin.client.query({
      query: `SELECT count() AS mutations FROM system.mutations WHERE database || '.' || table = '${table}'`,
      format: 'JSONEachRow',
    });
    const [found] = await answer.json<{ mutations: string }>();
    const rows = monthDays * dayConversations;
    return {
      strategy,
      units,
      unitRows: rowsMax,
      count: workedUnits(plan).length,
      status: run.status,
      mutations: Number(found?.mutations ?? 0),
      rewritten: cost.rowsMutated / rows,
      merged: cost.rowsMerged / rows,
      gapSeconds: Math.max(0, ...run.units.map(({ gapMs }) => (gapMs ?? 0) / 1_000)),
      ...cost,
    };
  } finally {
    await planner.close();
  }
}

const plans: PlanLine[] = [];
const repairs: RepairLine[] = [];
try {
  if (isAsked('plans')) {
    print('plan of a year', 'units', 'seconds', 'engine cpu s', 'of a scan', 'statements', 'engine MB', 'worker MB');
    const shape = {
      fromDay: '2025-01-01',
      days: yearDays,
      conversationsADay: Math.round(yearConversations / yearDays),
    };
    for (const [data, id, staleOf] of [
      ['every day affected', 'year-all', () => 20],
      ['every third day affected', 'year-third', (day: number) => (day % 3 === 0 ? 20 : 0)],
    ] as const) {
      const line = await measurePlan(data, { ...shape, id, staleOf });
      plans.push(line);
      const { plan } = line;
      print(
        data,
        line.units,
        plan.seconds.toFixed(1),
        plan.engineCpuSeconds.toFixed(1),
        line.cpuRatio.toFixed(1),
        plan.statements,
        plan.engineMb.toFixed(0),
        plan.workerMb.toFixed(0),
      );
    }
  }
  if (isAsked('repairs')) {
    print('repair of 30 days', 'units', 'seconds', 'of day by day', 'mutations', 'rewritten', 'merged', 'longest gap');
    for (const strategy of ['replace', 'no-gap'] as const) {
      const choices = [
        { units: 'day' as const, rowsMax: null },
        ...unitRows.map((rowsMax) => ({ units: 'joined' as const, rowsMax })),
      ];
      for (const choice of choices) {
        const line = await measureRepair(strategy, choice);
        repairs.push(line);
        const byDay = repairs.find((one) => one.strategy === strategy && one.units === 'day') ?? line;
        print(
          `${strategy}, ${choice.units}${choice.rowsMax ? ` ${choice.rowsMax}` : ''} (${line.status})`,
          line.count,
          line.seconds.toFixed(1),
          (line.seconds / byDay.seconds).toFixed(2),
          line.mutations,
          `${line.rewritten.toFixed(2)} x`,
          `${line.merged.toFixed(2)} x`,
          line.gapSeconds.toFixed(1),
        );
      }
    }
  }
  process.stdout.write(`${JSON.stringify({ plans, repairs })}\n`);
} finally {
  await Promise.allSettled([ctx.close(), admin.close(), chats.close()]);
}
