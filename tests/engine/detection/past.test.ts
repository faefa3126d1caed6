import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import type { DayResult } from '@/lib/detection/model';
import { readPast } from '@/lib/detection/view/read-past';
import { readTrend } from '@/lib/detection/view/read-trend';
import { type TestContext, testContext } from '../../support/context';
import { freshDatabase } from '../../support/fresh';
import { looked, recordLooks } from '../../support/looks';
import { operator } from '../../support/repair';

const customer = 'himalaya';
const noon = Date.parse('2026-02-12T12:00:00Z');
const minute = 60_000;
let ctx: TestContext;

const record = (...days: DayResult[]) => recordLooks(ctx, customer, days);

beforeAll(async () => {
  ctx = await testContext();
  const database = await freshDatabase();
  const registered = { id: customer, displayName: 'H', profiles: ['p'], database, timeZone: 'Asia/Kathmandu' };
  await addCustomer(ctx, registered, operator);
  await record(looked('2026-02-10', noon, 17));
  await record(looked('2026-02-10', noon + 10 * minute, 0), looked('2026-02-11', noon + 10 * minute, 3));
});
afterAll(() => ctx?.close());

/** Kathmandu is 5 h 45 min ahead of UTC: its clocks show 17:45 at noon. */
const shown = async (at: string) => {
  const { days, toDay } = await readPast(ctx, { customer, at });
  return { toDay, days: days.map(({ day, affected }) => [day, affected]) };
};

describe('the days of a customer at a moment', () => {
  it('are as they were known then, on the clocks of the customer', async () => {
    expect(await shown('2026-02-12T17:44')).toEqual({ toDay: '2026-02-13', days: [] });
    expect(await shown('2026-02-12T17:45')).toEqual({ toDay: '2026-02-11', days: [['2026-02-10', 17]] });
    expect(await shown('2026-02-12T17:54')).toEqual({ toDay: '2026-02-11', days: [['2026-02-10', 17]] });
    expect(await shown('2026-02-12T17:55')).toEqual({
      toDay: '2026-02-12',
      days: [
        ['2026-02-10', 0],
        ['2026-02-11', 3],
      ],
    });
    expect((await readPast(ctx, { customer, at: '2026-02-12T17:45' })).keptSinceMs).toBe(noon);
  });

  it('are refused for a moment that has not come', async () => {
    await expect(readPast(ctx, { customer, at: '2199-01-01T00:00' })).rejects.toThrow('That moment has not come yet.');
  });
});

it('the trend has the flags of each counted day as they are now, of 90 days', async () => {
  expect(await readTrend(ctx, { customer, to: '2026-02-12' })).toEqual({
    fromDay: '2025-11-14',
    toDay: '2026-02-12',
    days: [
      { day: '2026-02-10', affected: 0, settling: 0, atLeast: false, flags: {} },
      { day: '2026-02-11', affected: 3, settling: 0, atLeast: false, flags: { wrongAgent: 3 } },
    ],
  });
  expect((await readTrend(ctx, { customer, to: '2026-05-12' })).days.map(({ day }) => day)).toEqual(['2026-02-11']);
});
