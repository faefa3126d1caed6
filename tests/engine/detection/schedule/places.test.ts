import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { loadConfig } from '@/lib/config';
import { type Context, createContext } from '@/lib/context';
import { addCustomer } from '@/lib/customers/add-customer';
import { customersAtOnce, type Scan } from '@/lib/detection/model';
import { requestScan, requestScanFor } from '@/lib/detection/scan/request-scan';
import { workScans } from '@/lib/detection/scan/work-scans';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase, testLog } from '@/tests/support/fresh';
import { operator } from '@/tests/support/repair';
import { until } from '@/tests/support/until';

const atOnce = 2;
const days = { fromDay: '2026-02-10', toDay: '2026-02-11' };
const stop = new AbortController();

let ctx: TestContext;
let other: Context;
/** ClickHouse answers no scan before it is open. */
let open: () => void;
const opened = new Promise<void>((resolve) => {
  open = resolve;
});

beforeAll(async () => {
  ctx = await testContext({ process: 'worker', env: { SLC_SCAN_CONCURRENT: '4' } });
  expect(customersAtOnce(ctx.config.detection.scanConcurrent)).toBe(atOnce);
  const config = loadConfig({ ...process.env, ...ctx.env });
  other = createContext({ process: 'worker', config, log: testLog });
  const database = await freshDatabase();
  for (let at = 0; at < 14; at += 1)
    await addCustomer(
      ctx,
      { id: `c${at}`, displayName: `c${at}`, profiles: ['p1'], database, timeZone: 'UTC' },
      operator,
    );
});
afterAll(async () => {
  open();
  stop.abort(new Error('the test is over'));
  await other?.close();
  await ctx?.close();
});

function gated(context: Context): Context {
  const read: ClickHouse['read'] = async (statement, args) => {
    await opened;
    return context.clickhouse.read(statement, args);
  };
  return { ...context, clickhouse: Object.create(context.clickhouse, { read: { value: read } }) };
}

const running = async () => {
  const { rows } = await ctx.db.pool.query("SELECT cause, count(*) FROM scans WHERE status = 'running' GROUP BY cause");
  const of = (cause: Scan['cause']) => rows.find((row) => row.cause === cause)?.count ?? 0;
  return { schedule: of('schedule'), 'after repair': of('after repair'), person: of('person') };
};
/** Until exactly so many run. */
const untilRunning = (all: Awaited<ReturnType<typeof running>>) =>
  until(`running: ${JSON.stringify(all)}`, async () => JSON.stringify(await running()) === JSON.stringify(all), 60_000);
async function ask(cause: 'schedule' | 'after repair', customers: number[]): Promise<void> {
  for (const at of customers) await requestScanFor(ctx, { customerId: `c${at}`, ...days, cause, requestedBy: 'tests' });
}
const askAsPerson = (at: number) => requestScan(ctx, { customerId: `c${at}`, ...days }, operator);

it('regular scans run as many as configured over all workers, and people wait neither for them nor for campaigns', async () => {
  await workScans(gated(ctx), stop.signal);
  await ask('schedule', [0, 1, 2, 3, 4, 5]);
  await untilRunning({ schedule: atOnce, 'after repair': 0, person: 0 });
  // Repairs have the one place that is kept for them and people.
  await ask('after repair', [6, 7, 8, 9, 10]);
  await untilRunning({ schedule: atOnce, 'after repair': 1, person: 0 });
  // A person has the last one, however many scans of a campaign wait.
  await askAsPerson(11);
  await untilRunning({ schedule: atOnce, 'after repair': 1, person: 1 });
  // The other worker has room for everybody but the schedule.
  await workScans(gated(other), stop.signal);
  await untilRunning({ schedule: atOnce, 'after repair': 1 + atOnce + 1, person: 1 });
  await askAsPerson(12);
  await untilRunning({ schedule: atOnce, 'after repair': 1 + atOnce + 1, person: 2 });
  open();
  const left = async () => (await ctx.db.pool.query('SELECT FROM scans WHERE ended_at IS NULL')).rowCount;
  await until('all have ended', async () => (await left()) === 0);
  const { rows } = await ctx.db.pool.query(`
    SELECT max(at_once) AS most FROM (
      SELECT (SELECT count(*) FROM scans o WHERE o.cause = 'schedule' AND o.started_at <= s.started_at AND o.ended_at > s.started_at) AS at_once
      FROM scans s WHERE s.cause = 'schedule') counted`);
  expect(rows[0].most).toBe(atOnce);
});
