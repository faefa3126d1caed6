import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { addCustomer } from '@/lib/customers/add-customer';
import { getCustomer } from '@/lib/customers/get-customer';
import { keptTables } from '@/lib/customers/kept-tables';
import { scopeOf } from '@/lib/customers/model';
import { addDays } from '@/lib/days';
import { lastAudits } from '@/lib/detection/changes/last-audits';
import { lookForChanges } from '@/lib/detection/changes/look-for-changes';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import type { DayResult } from '@/lib/detection/model';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScan, requestScanFor } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { listDays } from '@/lib/detection/view/list-days';
import { type LabelKey, labelKeys } from '@/lib/embedded/demo/sql/tables';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { countedDays } from '../tables';
import { Random } from './random';
import { change, emptyWorld, type World } from './world';

/** `SEQUENCES=10000 RANDOM_FROM=1` runs as many from the seed 1 on; without these a few fixed ones. */
const sequences = Number(process.env.SEQUENCES ?? 20);
/** Each seed makes empty tables, which as many sequences change further. */
const sequencesOfSeed = 10;
const from = Number(process.env.RANDOM_FROM ?? 1);
const actor = { name: 'tests', role: 'operator', via: 'cli', requestId: 'tests' } as const;
const never = new AbortController().signal;
const customerId = 'acme';
const startAtMs = Date.UTC(2026, 3, 10, 18);
const zones = ['UTC', 'America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Auckland'];
const keys = Object.keys(labelKeys) as LabelKey[];

const clock = { nowMs: startAtMs };
let ctx: TestContext;
const databases = new Map<LabelKey, string>();
beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => clock.nowMs } });
  const { clickhouse } = ctx;
  const read: ClickHouse['read'] = async (statement, args) => {
    asked.set(statement.name, (asked.get(statement.name) ?? 0) + 1);
    if (statement.name === 'detection.explain_few') few.isJudged = true;
    if (statement.name === 'detection.days') few.isJudged = false;
    return clickhouse.read(statement, args);
  };
  ctx = { ...ctx, clickhouse: Object.create(clickhouse, { read: { value: read } }) };
  for (const key of keys) databases.set(key, await freshDatabase({ labelKey: key }));
  const database = databases.get(keys[0] as LabelKey) ?? '';
  const customer = { id: customerId, displayName: 'Acme', profiles: ['p1', 'p2'], database, timeZone: 'UTC' };
  await addCustomer(ctx, customer, actor);
});
afterAll(() => ctx.close());

async function newWorld(seed: number): Promise<World> {
  const random = new Random(seed);
  const labelKey = random.of(keys);
  const timeZone = random.of(zones);
  const database = databases.get(labelKey) ?? '';
  // Tables of more rows are read by several statements, those of fewer by one.
  ctx.config.detection.fewRowsMost = random.of([20, 1_000_000, 1_000_000]);
  clock.nowMs = startAtMs + random.between(0, 23) * 3_600_000;
  for (const table of [
    'part_looks',
    'watched_customers',
    'day_looks',
    'day_counts',
    'scan_days',
    'scans',
    'scan_audits',
  ])
    await ctx.db.pool.query(`DELETE FROM ${table}`);
  await ctx.db.pool.query('UPDATE customers SET database_name = $1, time_zone = $2', [database, timeZone]);
  const range = { fromDay: '2026-03-22', toDay: '2026-04-11' };
  const world = { ctx, random, database, labelKey, timeZone, ...range, clock, done: [] };
  await emptyWorld(world);
  return world;
}

/**
 * A look and, if it asks for one, a regular scan; now and then one of another kind before it. False after a full one,
 * which is what it would be compared with.
 */
async function scan(world: World, anyway: boolean): Promise<boolean> {
  const { random, fromDay, toDay } = world;
  if (random.chance(0.1)) {
    const first = addDays(fromDay, random.between(-2, 18));
    const days = { customerId, fromDay: first, toDay: addDays(first, random.between(1, 3)) };
    const full = random.chance(0.3);
    const { scanId } = random.chance(0.5)
      ? await requestScan(ctx, { ...days, full }, actor)
      : await requestScanFor(ctx, { ...days, cause: 'after repair', requestedBy: 'tests' });
    await end(world, scanId);
    if (random.chance(0.3)) await change(world);
  }
  const customer = await getCustomer(ctx, customerId);
  const look = (await lookForChanges(ctx, [customer])).get(customerId);
  world.done.push(JSON.stringify(look));
  if (look?.outcome === 'unchanged' && !anyway) return true;
  const { scanId } = await requestScanFor(ctx, { customerId, fromDay, toDay, cause: 'schedule', requestedBy: 'tests' });
  return (await end(world, scanId)) === 'changes';
}

async function end(world: World, scanId: string): Promise<string | null> {
  few.isJudged = false;
  await runScan(ctx, scanId, never);
  if (few.isJudged) few.kept += 1;
  const { status, cause, kind, days, reason, failure } = await getScan(ctx, scanId);
  world.done.push(`scan ${JSON.stringify({ cause, kind, days, reason, failure })}`);
  expect(status).toBe('succeeded');
  kinds.set(kind ?? '', (kinds.get(kind ?? '') ?? 0) + 1);
  return kind;
}

const sharesOf = (days: readonly DayResult[]) =>
  days.filter(({ affected }) => affected > 0).map(({ day, byAgent, byUseCase }) => ({ day, byAgent, byUseCase }));

const kinds = new Map<string, number>();
/** How often each statement ran. */
const asked = new Map<string, number>();
/** Whether the scan was judged by one statement, whose answer another way to read did not replace; and how often. */
const few = { isJudged: false, kept: 0 };

async function compare(world: World): Promise<void> {
  const { fromDay, toDay } = world;
  const scope = scopeOf(await getCustomer(ctx, customerId), fromDay, toDay);
  // The tables of a world stay what they are. Nothing here is read as few rows are.
  const tables = await keptTables(ctx, scope);
  const full = await classifyScope(ctx, scope, { oneChunk: true, tables });
  const recorded = await listDays(ctx, { customerId, fromDay, toDay });
  expect(countedDays(recorded)).toEqual(countedDays(full.days));
  expect(sharesOf(recorded)).toEqual(sharesOf(full.days));
  expect((await lastAudits(ctx)).map(({ missed }) => missed).filter((missed) => missed > 0)).toEqual([]);
}

/** Random changes until a scan of changes, or a look that found none, has an answer, which is compared with a full scan. */
async function sequence(world: World): Promise<void> {
  const { random } = world;
  for (let isLast = false; !isLast; ) {
    for (let changes = random.of([1, 1, 2]); changes > 0; changes--) await change(world);
    // The schedule moves the range on where rows of a newer day came, so with a scan.
    const moves = random.chance(0.08);
    if (moves) [world.fromDay, world.toDay] = [addDays(world.fromDay, 1), addDays(world.toDay, 1)];
    const isOfChanges = await scan(world, moves);
    // What one scan missed stays wrong for the next ones, so that not each has to be compared.
    isLast = isOfChanges && random.chance(0.8);
  }
  await compare(world);
}

it(`what increments record is what a full scan finds, from seed ${from} on`, async () => {
  for (let run = 0, seed = from; run < sequences; seed++) {
    const world = await newWorld(seed);
    try {
      for (let of = 0; of < sequencesOfSeed; of++, run++) await sequence(world);
    } catch (error) {
      const history = world.done.join('\n');
      throw new Error(`seed ${seed} (${world.labelKey}, ${world.timeZone}): ${String(error)}\n${history}`, {
        cause: error,
      });
    }
    if (seed % 10 === 0) process.stdout.write(`${run} sequences without a difference\n`);
  }
  expect(kinds.get('changes') ?? 0).toBeGreaterThan(sequences / 2);
  // Both ways to read, and both to find the days that belong together.
  for (const name of ['detection.explain_few', 'changes.days_together', 'changes.touched_days'])
    expect(asked.get(name) ?? 0, name).toBeGreaterThan(sequences / 10);
  expect(few.kept, 'answers of one statement that were kept').toBeGreaterThan(sequences / 10);
}, 86_400_000);
