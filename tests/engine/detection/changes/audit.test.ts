import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import type { Customer } from '@/lib/customers/model';
import { daysBetween } from '@/lib/days';
import { lastAudits } from '@/lib/detection/changes/last-audits';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScanFor } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { listDays } from '@/lib/detection/view/list-days';
import { listFindings } from '@/lib/findings/list-findings';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import type { Row } from '../oracle';
import { writeRows } from '../tables';

const actor = { name: 'tests', role: 'operator', via: 'cli', requestId: 'tests' } as const;
const never = new AbortController().signal;
const range = { fromDay: '2026-02-01', toDay: '2026-02-11' };
const clock = { nowMs: Date.UTC(2026, 1, 20, 12) };

let ctx: TestContext;
let customer: Customer;
beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => clock.nowMs } });
  const database = await freshDatabase();
  customer = { id: 'acme', displayName: 'Acme', profiles: ['p1'], database, timeZone: 'UTC' };
  await addCustomer(ctx, customer, actor);
  await write(...daysBetween(range.fromDay, range.toDay).map((day) => rowOf(day, `first of ${day}`)));
});
afterAll(() => ctx.close());

function rowOf(day: string, id: string, more: Partial<Row> = {}): Row {
  const startMs = Date.parse(`${day}T10:00:00Z`);
  const who = { customer: 'acme', profile: 'p1', agent: 'ann', useCase: 'sales' };
  return { ...who, id, startMs, endMs: startMs + 60_000, versionMs: startMs + 120_000, ...more };
}
async function write(...rows: Row[]) {
  for (const side of ['truth', 'labels'] as const) await writeRows(ctx.admin, customer.database, side, rows);
}
async function scan() {
  const asked = { customerId: 'acme', ...range, cause: 'schedule' as const, requestedBy: 'tests' };
  const { scanId } = await requestScanFor(ctx, asked);
  await runScan(ctx, scanId, never);
  return getScan(ctx, scanId);
}
async function audit() {
  clock.nowMs += 86_400_000;
  expect(await scan()).toMatchObject({ kind: 'full', status: 'succeeded' });
  const [newest] = await lastAudits(ctx);
  return newest;
}
const counted = async (wanted: string) => {
  const day = (await listDays(ctx, { customerId: 'acme', ...range })).find((one) => one.day === wanted);
  return day && [day.conversations, day.duplicates];
};

describe('the audit of a scan in several chunks', () => {
  it('takes a conversation whose truth starts in two of them as the increments do, and finds nothing missed', async () => {
    ctx.config.detection.chunkConversations = 1;
    await scan();
    // The start was corrected: both sides have a row on each of two days.
    await write(rowOf('2026-02-08', 'first of 2026-02-03'));
    ctx.config.detection.chunkConversations = 1_000;
    expect(await scan()).toMatchObject({ kind: 'changes', days: ['2026-02-03', '2026-02-08'] });
    const whole = async () => [await counted('2026-02-03'), await counted('2026-02-08')];
    expect(await whole()).toEqual([
      [0, 0],
      [2, 1],
    ]);
    ctx.config.detection.chunkConversations = 3;
    expect(await audit()).toMatchObject({ days: 10, missed: 0, sentence: null });
    expect(await whole(), 'what the chunks counted replaces nothing').toEqual([
      [0, 0],
      [2, 1],
    ]);
  });

  it('still finds what the increments missed on another day', async () => {
    await ctx.db.pool.query("UPDATE day_looks SET stale = stale + 3, affected = affected + 3 WHERE day = '2026-02-06'");
    expect(await audit()).toMatchObject({ days: 10, missed: 3, daysMissed: ['2026-02-06'] });
    expect(await counted('2026-02-08')).toEqual([2, 1]);
    const { misses } = await listFindings(ctx);
    expect(misses.rows).toMatchObject([{ state: 'open', missed: 3, days: ['2026-02-06'] }]);
    expect(await audit()).toMatchObject({ missed: 0 });
    expect((await listFindings(ctx, { misses: 'all' })).misses.rows).toMatchObject([{ state: 'clean since' }]);
  });

  it('compares no day that a full scan may have recorded with the conversation in two chunks', async () => {
    ctx.config.detection.chunkConversations = 1;
    await ctx.db.pool.query('DELETE FROM part_looks; DELETE FROM day_looks');
    await scan();
    expect(await counted('2026-02-08'), 'the first scan has nothing to compare with').toEqual([2, 0]);
    ctx.config.detection.chunkConversations = 9;
    expect(await audit()).toMatchObject({ days: 8, missed: 0, daysMissed: [] });
    expect(await counted('2026-02-08')).toEqual([2, 1]);
  });

  it('leaves out the days that are too many rows for one chunk', async () => {
    ctx.config.detection.chunkConversations = 1;
    expect(await audit()).toMatchObject({ days: 8, missed: 0, daysMissed: [] });
  });
});
