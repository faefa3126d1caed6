import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { addCustomer } from '@/lib/customers/add-customer';
import { getCustomer } from '@/lib/customers/get-customer';
import { newestDay } from '@/lib/detection/judge/newest-day';
import type { Scan } from '@/lib/detection/model';
import { listScans } from '@/lib/detection/scan/list-scans';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { lookForWork } from '@/lib/detection/schedule/look-for-work';
import { noteCluster, readPressure } from '@/lib/detection/schedule/obstacles';
import { readSchedule } from '@/lib/detection/schedule/read-schedule';
import { scheduleRound } from '@/lib/detection/schedule/schedule-round';
import { AppError } from '@/lib/errors';
import { insertStop, liftStop } from '@/lib/holds/sql/stops';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { operator } from '@/tests/support/repair';
import type { Row } from '../oracle';
import { writeRows } from '../tables';

const minute = 60_000;
const never = new AbortController().signal;
const clock = { nowMs: Date.parse('2026-02-20T10:20:00Z'), now: () => clock.nowMs };
const readable = ['anna', 'bea', 'cleo', 'dora'];

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext({ process: 'worker', clock, env: { SLC_SCAN_EVERY_MINUTES: '15' } });
  const database = await freshDatabase();
  for (const id of [...readable, 'zoe'])
    await addCustomer(ctx, { id, displayName: id, profiles: ['p1'], database, timeZone: 'UTC' }, operator);
  await ctx.db.pool.query("UPDATE customers SET database_name = 'no_such_database' WHERE id = 'zoe'");
  const rows = readable.map((customer, at): Row => {
    const startMs = Date.parse('2026-02-10T08:00:00Z') + at * minute;
    const base = { customer, profile: 'p1', agent: 'a', useCase: 'sales', id: `${customer}-1` };
    return { ...base, startMs, endMs: startMs + minute, versionMs: startMs + 2 * minute };
  });
  await writeRows(ctx.admin, database, 'truth', rows);
  await writeRows(ctx.admin, database, 'labels', rows);
});
afterAll(() => ctx?.close());

const scans = async (status: Scan['status']) =>
  (await listScans(ctx, { rowsMax: 500 })).filter((one) => one.status === status);
/** Ends every scan that was requested, as a worker does. */
async function work(): Promise<string[]> {
  const queued = (await scans('queued')).reverse();
  for (const { id } of queued) await runScan(ctx, id, never);
  return queued.map(({ customerId }) => customerId);
}
/** Rounds with their scans until nothing is left to do. Returns the customers in the order of their scans. */
async function roundsUntilQuiet(): Promise<string[]> {
  const scanned: string[] = [];
  for (let quiet = false; !quiet; ) {
    const { more } = await scheduleRound(ctx, never);
    const done = await work();
    scanned.push(...done);
    quiet = !more && done.length === 0;
  }
  return scanned;
}
const stateOf = async (id: string) =>
  (await ctx.db.pool.query('SELECT * FROM scheduled_customers WHERE customer_id = $1', [id])).rows[0];
const costs = async () => (await ctx.db.pool.query('SELECT * FROM schedule_costs ORDER BY hour, customer_id')).rows;

beforeEach(() => {
  clock.nowMs += 100 * minute;
});

it('scans each new customer once, and one that cannot be read stops nobody and waits longer each time', async () => {
  expect((await roundsUntilQuiet()).sort()).toEqual([...readable, 'zoe']);
  expect(await roundsUntilQuiet()).toEqual([]);
  expect(await stateOf('zoe')).toMatchObject({ failures: 1, failure: expect.stringContaining('no_such_database') });
  expect(await stateOf('anna')).toMatchObject({ failures: 0, looked: 'full', not_before: null });
  clock.nowMs += 15 * minute;
  expect((await roundsUntilQuiet()).sort()).toEqual([...readable, 'zoe']);
  clock.nowMs += 15 * minute;
  expect((await roundsUntilQuiet()).sort()).toEqual(readable);
  clock.nowMs += 15 * minute;
  expect((await roundsUntilQuiet()).sort()).toEqual([...readable, 'zoe']);
});

it('counts what scans cost by customer and hour', async () => {
  await roundsUntilQuiet();
  const all = (await costs()).filter((one) => one.customer_id === 'anna');
  const own = all.filter((one) => one.kind === 'regular scans');
  const kept = (await listScans(ctx, { customerId: 'anna' })).filter((one) => one.status === 'succeeded');
  expect(all.every((one) => one.hour.getUTCMinutes() === 0)).toBe(true);
  expect(all.filter((one) => one.kind === 'looks').length).toBeGreaterThan(0);
  const sum = (key: string) => own.reduce((total, one) => total + Number(one[key]), 0);
  expect(sum('runs')).toBe(kept.length);
  expect(sum('rows_read')).toBe(kept.reduce((total, one) => total + one.rowsRead, 0));
  expect(sum('statements')).toBeGreaterThanOrEqual(3 * kept.length);
  expect(sum('engine_ms')).toBeGreaterThan(0);
});

it('shows what ran, what it cost, whether all fit, and why one waits, a page at a time', async () => {
  await roundsUntilQuiet();
  const all = await readSchedule(ctx, { show: 'all' });
  expect(all.counts).toMatchObject({ customers: 5, due: 0, failing: 1, late: 0 });
  expect(all.fit.sentence).toMatch(/^4 customers × 35 days fit into their period: .*What 1 other customer takes /);
  expect(all.customers).toMatchObject({ total: 5, page: { at: 0, of: 1 } });
  expect(all.hours).toHaveLength(24);
  expect(all.hours.reduce((sum, hour) => sum + hour['regular scans'].runs, 0)).toBeGreaterThan(0);
  expect(all.scans.rows[0]).toMatchObject({ cause: 'schedule', kind: 'full', reason: expect.any(String) });
  const failing = await readSchedule(ctx, { show: 'failing', page: 9 });
  expect(failing.customers.rows).toMatchObject([
    { customerId: 'zoe', stand: 'back-off', why: expect.stringContaining('no_such_database') },
  ]);
  expect((await readSchedule(ctx, { show: 'all', q: 'ANN' })).customers.rows.map((one) => one.customerId)).toEqual([
    'anna',
  ]);
});

it('requests nothing twice where several workers decide at the same time', async () => {
  const before = (await listScans(ctx, { rowsMax: 500 })).length;
  for (let round = 0; round < 6; round += 1)
    await Promise.all(Array.from({ length: 4 }, () => scheduleRound(ctx, never)));
  const made = (await listScans(ctx, { rowsMax: 500 })).slice(0, -before || undefined);
  expect(made.length).toBe(4);
  expect(new Set(made.map((one) => one.customerId)).size).toBe(4);
  await roundsUntilQuiet();
});

it('schedules nothing while everything is stopped, while a person waits, and once the budget of the hour is spent', async () => {
  await ctx.db.query(insertStop, {
    id: 'c0ffee00-0000-4000-8000-000000000000',
    by: 'anna',
    reason: 'a look',
    immediately: false,
  });
  expect(await roundsUntilQuiet()).toEqual([]);
  await ctx.db.query(liftStop, { by: 'anna', reason: 'done' });

  await requestScan(ctx, { customerId: 'anna', fromDay: '2026-02-10', toDay: '2026-02-11' }, operator);
  await ctx.db.pool.query("UPDATE scans SET created_at = now() - interval '3 seconds' WHERE status = 'queued'");
  await scheduleRound(ctx, never);
  expect((await scans('queued')).map((one) => one.cause)).toEqual(['person']);
  await work();

  const budgetMs = ctx.config.detection.scanBudgetMs;
  ctx.config.detection.scanBudgetMs = 1;
  // Whatever begins in an hour spends its budget, and what waits is first in the next.
  const hours: string[][] = [];
  for (let hour = 0; hour < 6; hour += 1) {
    clock.nowMs += 60 * minute;
    hours.push(await roundsUntilQuiet());
  }
  expect(Math.max(...hours.map((hour) => hour.length))).toBeLessThanOrEqual(4);
  expect(new Set(hours.flat())).toEqual(new Set([...readable, 'zoe']));
  ctx.config.detection.scanBudgetMs = budgetMs;
});

it('leaves a busy cluster for longer each time it looks, and goes on once it is not', async () => {
  const { holds } = ctx.config;
  const limit = holds['running mutations'];
  holds['running mutations'] = -1;
  clock.nowMs += 100 * minute;
  expect(await roundsUntilQuiet()).toEqual([]);
  const [first, second] = [await readPressure(ctx.db, clock.nowMs), await lookAgain()];
  expect(first).toMatchObject({
    busy: expect.stringMatching(/^Parts that a server mutates at this moment: /),
    busyLooks: 1,
  });
  expect(second.busyLooks).toBe(2);
  expect((second.busyUntilMs ?? 0) - clock.nowMs).toBe(30_000);
  expect(second.busySinceMs).toBe(first.busySinceMs);
  holds['running mutations'] = limit;
  expect(await roundsUntilQuiet()).toEqual([]);
  clock.nowMs += minute;
  expect((await roundsUntilQuiet()).length).toBeGreaterThanOrEqual(4);
  expect(await readPressure(ctx.db, clock.nowMs)).toMatchObject({ busy: null, busySinceMs: null });
  await noteCluster(ctx, await readPressure(ctx.db, clock.nowMs), null);
});

async function lookAgain() {
  clock.nowMs += 16_000;
  await scheduleRound(ctx, never);
  return readPressure(ctx.db, clock.nowMs);
}

/** The reader, on which every statement fails that `isAbout` names, as where a cluster is silent and the server is not. */
function silentFor(isAbout: (name: string) => boolean): TestContext {
  const read: ClickHouse['read'] = async (statement, args) => {
    if (isAbout(statement.name)) throw new AppError('unavailable', 'A cluster does not answer.');
    return ctx.clickhouse.read(statement, args);
  };
  return { ...ctx, clickhouse: Object.create(ctx.clickhouse, { read: { value: read } }) };
}

it('lets customers of a silent cluster wait for longer, so that they make room for the others', async () => {
  await roundsUntilQuiet();
  clock.nowMs += 100 * minute;
  await scheduleRound(
    silentFor((name) => /^changes[.]|^detection[.]newest/.test(name)),
    never,
  );
  expect(await stateOf('anna')).toMatchObject({ failures: 1, failure: 'A cluster does not answer.' });
  expect(await readPressure(ctx.db, clock.nowMs)).toMatchObject({ busy: null });
});

it('with a period of 0 scans each customer until one scan succeeded, and then never again', async () => {
  await roundsUntilQuiet();
  const { detection } = ctx.config;
  const everyMs = detection.scanEveryMs;
  detection.scanEveryMs = 0;
  const { database } = await getCustomer(ctx, 'anna');
  const at = { displayName: 'Eve', profiles: ['p1'], database, timeZone: 'UTC' };
  await addCustomer(ctx, { id: 'eve', ...at }, operator);
  const move = (to: string) => ctx.db.pool.query("UPDATE customers SET database_name = $1 WHERE id = 'eve'", [to]);
  const scansOfEve = async () => (await roundsUntilQuiet()).filter((one) => one === 'eve').length;
  await move('no_such_database');
  expect(await scansOfEve()).toBe(1);
  expect(await scansOfEve()).toBe(0);
  clock.nowMs += minute;
  expect(await scansOfEve()).toBe(1);
  clock.nowMs += minute;
  expect(await scansOfEve()).toBe(0);
  await move(database);
  clock.nowMs += minute;
  expect(await scansOfEve()).toBe(1);
  clock.nowMs += 10 * 24 * 60 * minute;
  expect(await scansOfEve()).toBe(0);
  detection.scanEveryMs = everyMs;
});

it('watches what happens now, although a row starts in another century', async () => {
  const startMs = Date.parse('2099-02-10T08:00:00Z');
  const base = { customer: 'anna', profile: 'p1', agent: 'a', useCase: 'sales', id: 'anna-late' };
  const { rows } = await ctx.db.pool.query("SELECT database_name FROM customers WHERE id = 'anna'");
  const row: Row = { ...base, startMs, endMs: startMs + minute, versionMs: clock.nowMs };
  await writeRows(ctx.admin, rows[0].database_name, 'truth', [row]);
  const found = await newestDay(ctx, await getCustomer(ctx, 'anna'));
  expect(found).toEqual({ day: '2026-02-10', later: 1 });
  const watched = { customer: await getCustomer(ctx, 'anna'), watchedTo: '2099-02-11' };
  expect(await lookForWork(ctx, [watched], never)).toMatchObject([
    {
      outcome: 'scan',
      toDay: '2026-02-11',
      reason: expect.stringContaining('; 1 row of the conversations with a start after tomorrow is not watched'),
    },
  ]);
});
