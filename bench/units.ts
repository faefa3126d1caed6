import { getPlan } from '@/lib/backfill/plan/get-plan';
import { requestPlan } from '@/lib/backfill/plan/request-plan';
import { type Plan, workedUnits } from '@/lib/backfill/state/plan-model';
import { ClickHouse } from '@/lib/clickhouse/client';
import { createContext } from '@/lib/context';
import { type Customer, type Scope, scopeOf } from '@/lib/customers/model';
import { addDays } from '@/lib/days';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { every, poll } from '@/lib/poll';
import { connectPostgres } from '@/lib/postgres/client';
import { actor, keepLabels, makeCustomer, type Shape } from './units/customer';
import { type Cost, measured, settled } from './units/meter';
import { measureRepair, type RepairLine } from './units/repair';
import { viewerCookie } from './units/viewer';

/**
 * What plans and their units cost, on a running embedded console (SLC_DATA_DIR): the plan of a year, the repair of
 * thirty days by each choice of units, a no-gap repair of labels that are all wrong, and the memory at five million
 * conversations. Rows are those that ClickHouse read or rewrote. `node dist/bench-units.mjs [plans] [repairs] [wrong]
 * [memory]`
 */
const asked = process.argv.slice(2);
const isAsked = (part: string) => asked.length === 0 || asked.includes(part);

const year = { fromDay: '2025-01-01', days: 365, conversationsADay: 822 };
/** Fifteen days in each of two monthly partitions. */
const month = { fromDay: '2025-03-17', days: 30, conversationsADay: 10_000 };
const large = { fromDay: '2025-03-01', days: 30, conversationsADay: 166_667 };
const unitRows = [50_000, 100_000, 200_000];

const ctx = createContext({ process: 'bench' });
const { clickhouse, chats: chatsOf, dataDir } = ctx.config;
const admin = new ClickHouse({ url: clickhouse.url, user: clickhouse.users.admin, log: ctx.log });
const chats = connectPostgres({ url: chatsOf.ownerUrl, log: ctx.log, application: 'slc-bench' });
const meter = { admin, dataDir };
const started = Date.now().toString(36);

const print = (first: string, ...cells: (string | number)[]) =>
  process.stdout.write(`${first.padEnd(34)}${cells.map((cell) => String(cell).padStart(14)).join('')}\n`);

async function customerOf(shape: Shape): Promise<{ customer: Customer; scope: Scope }> {
  const customer = await makeCustomer(ctx, { admin, chats }, { ...shape, id: `${shape.id}-${started}` });
  return { customer, scope: scopeOf(customer, shape.fromDay, addDays(shape.fromDay, shape.days)) };
}

/** A plan as a page asks for it: the worker makes it. */
async function planByWorker({ customerId, fromDay, toDay }: Scope): Promise<Plan> {
  const { planId } = await requestPlan(ctx, { kind: 'backfill', customerId, fromDay, toDay }, actor);
  return poll(every(100), async () => {
    const { status, plan, failure } = await getPlan(ctx, planId);
    if (status === 'failed') throw new Error(failure?.message);
    return status === 'done' ? plan : null;
  });
}

type PlanLine = { data: string; units: number; cpuOfScan: number; plan: Cost; scan: Cost };

/** Plans a range, and counts it as a scan does. */
async function measurePlan(data: string, { scope }: { scope: Scope }): Promise<PlanLine> {
  const { result: _, ...scan } = await measured(meter, () => classifyScope(ctx, scope));
  const { result: plan, ...cost } = await measured(meter, () => planByWorker(scope));
  const cpuOfScan = cost.engineCpuSeconds / scan.engineCpuSeconds;
  return { data, units: workedUnits(plan).length, cpuOfScan, plan: cost, scan };
}

async function plans(): Promise<PlanLine[]> {
  const lines: PlanLine[] = [];
  print('plan of a year', 'units', 'seconds', 'engine cpu s', 'of a scan', 'statements', 'engine MB', 'worker MB');
  for (const [data, id, staleOf] of [
    ['every day affected', 'year-all', () => 20],
    ['every third day affected', 'year-third', (day: number) => (day % 3 === 0 ? 20 : 0)],
  ] as const) {
    const line = await measurePlan(data, await customerOf({ ...year, id, staleOf }));
    lines.push(line);
    const { seconds, engineCpuSeconds, statements, engineMb, workerMb } = line.plan;
    print(
      data,
      line.units,
      seconds.toFixed(1),
      engineCpuSeconds.toFixed(1),
      `${line.cpuOfScan.toFixed(1)} x`,
      statements,
      engineMb.toFixed(0),
      workerMb.toFixed(0),
    );
  }
  return lines;
}

const repairHead = ['units', 'seconds', 'of day by day', 'engine cpu s', 'mutations', 'rewritten', 'merged', 'gap s'];

function printRepair(line: RepairLine, byDay: RepairLine | undefined): void {
  print(
    `${line.strategy}, ${line.rowsMax ? `at most ${line.rowsMax} rows` : 'day by day'} (${line.status})`,
    line.units,
    line.seconds.toFixed(1),
    byDay ? (line.seconds / byDay.seconds).toFixed(2) : '',
    line.engineCpuSeconds.toFixed(1),
    line.mutations,
    `${line.rewritten.toFixed(2)} x`,
    `${line.merged.toFixed(2)} x`,
    line.longestGapSeconds.toFixed(1),
  );
}

async function repairs(): Promise<RepairLine[]> {
  const of = await customerOf({ ...month, id: 'month', staleOf: () => 17 });
  await keepLabels(meter, of.customer);
  const lines: RepairLine[] = [];
  print('repair of 30 days', ...repairHead);
  for (const strategy of ['replace', 'no-gap'] as const)
    for (const rowsMax of [null, ...unitRows]) {
      const line = await measureRepair(meter, of, { strategy, rowsMax });
      lines.push(line);
      printRepair(
        line,
        lines.find((one) => one.strategy === strategy),
      );
    }
  return lines;
}

async function allWrong(): Promise<RepairLine> {
  const of = await customerOf({ ...month, days: 35, id: 'wrong', staleOf: () => 1_000 });
  await keepLabels(meter, of.customer);
  print('350,000 wrong rows', ...repairHead);
  const line = await measureRepair(meter, of, { strategy: 'no-gap', rowsMax: ctx.config.backfill.unitRows });
  printRepair(line, undefined);
  return line;
}

type MemoryLine = { work: string } & Cost;

/** The most memory of each process while a plan of a large customer is made, and while its pages are read. */
async function memory(): Promise<MemoryLine[]> {
  const { customer, scope } = await customerOf({ ...large, id: 'large', staleOf: () => 17, withoutChats: true });
  const cookie = await viewerCookie(ctx);
  const read = async (path: string) => {
    const response = await fetch(ctx.config.web.baseUrl + path, { headers: { cookie } });
    await response.text();
    if (!response.ok && response.status !== 429) throw new Error(`${path} answered ${response.status}`);
  };
  const lines: MemoryLine[] = [];
  print('5,000,000 conversations', 'seconds', 'engine cpu s', 'engine MB', 'worker MB', 'web MB');
  const line = async (work: string, of: () => Promise<unknown>) => {
    const { result: _, ...cost } = await measured(meter, of);
    lines.push({ work, ...cost });
    const { seconds, engineCpuSeconds, engineMb, workerMb, webMb } = cost;
    print(
      work,
      ...[seconds, engineCpuSeconds].map((each) => each.toFixed(1)),
      ...[engineMb, workerMb, webMb].map(Math.round),
    );
  };
  await settled(meter);
  await line('nothing', async () => undefined);
  await line('plan', () => planByWorker(scope));
  const days = `from=${scope.fromDay}&to=${scope.toDay}`;
  await line('page of the customer', () => read(`/customers/${customer.id}?${days}`));
  await line('page of a day', () => read(`/customers/${customer.id}/days/${scope.fromDay}`));
  await line('conversations of a day', () => read(`/api/customers/${customer.id}/days/${scope.fromDay}`));
  await line('Active Days', () => read(`/api/active-days?customer=${customer.id}&${days}`));
  return lines;
}

try {
  const results = {
    plans: isAsked('plans') ? await plans() : [],
    repairs: isAsked('repairs') ? await repairs() : [],
    wrong: isAsked('wrong') ? await allWrong() : null,
    memory: isAsked('memory') ? await memory() : [],
  };
  process.stdout.write(`${JSON.stringify(results)}\n`);
} finally {
  await Promise.allSettled([ctx.close(), admin.close(), chats.close()]);
}
