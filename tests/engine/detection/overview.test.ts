import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GET as affectedDays } from '@/app/api/affected-days/route';
import { GET } from '@/app/api/customers/route';
import { dayState } from '@/components/detection/day-state';
import { addDays, daysBetween } from '@/lib/days';
import { moveChecked } from '@/lib/detection/changes/sql/looks';
import { bitsOf, flagBits, flagNames } from '@/lib/detection/flags';
import type { DayResult } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';
import { listAffectedDays } from '@/lib/detection/view/list-affected-days';
import { listDays } from '@/lib/detection/view/list-days';
import { forgetChanges, overview, readSummary } from '@/lib/detection/view/overview';
import {
  type CustomerList,
  listedDays,
  mergeLists,
  stateLetters,
  summariesOf,
} from '@/lib/detection/view/summary-model';
import { recordDays } from '@/lib/findings/history/record-days';
import { connectPostgres } from '@/lib/postgres/client';
import { programOf } from '../../support/asked';
import { type TestContext, testContext } from '../../support/context';
import { manyCustomers } from '../../support/many-customers';

const customers = 500;
let ctx: TestContext;
let ask: Awaited<ReturnType<typeof programOf>>;

beforeAll(async () => {
  ctx = await testContext({ env: { SLC_ACTIONS_PER_MINUTE: '10000' } });
  ask = await programOf(ctx);
  await manyCustomers(ctx, { customers, days: 90, toDay: '2026-03-01' });
});
afterAll(() => ctx.close());

const scanId = '22222222-2222-4222-8222-222222222222';
const dayOf = (day: string, given: Partial<DayResult>): DayResult => ({
  ...sumCounts([]),
  conversations: 50,
  day,
  asOfMs: Date.parse('2026-03-02T00:00:00Z'),
  atLeast: false,
  byAgent: [],
  byUseCase: [],
  ...given,
});
const record = (customerId: string, days: DayResult[]) =>
  ctx.db.transaction((tx) => recordDays(tx, { scanId, customerId, days, atMs: Date.now() }));
const bytesOf = (text: string) => Buffer.byteLength(text);
const poll = async (since: string) => {
  const answer = await ask(GET, `/api/customers?since=${since}`, `"${since}"`);
  return { ...answer, list: answer.status === 200 ? (JSON.parse(answer.text).data as CustomerList) : null };
};

describe(`the list of ${customers} customers of 90 days`, () => {
  it('is at most 150 kB, and a poll that finds nothing new is answered without a body', async () => {
    const first = await ask(GET, '/api/customers');
    expect(first.status).toBe(200);
    expect(JSON.parse(first.text).data.customers).toHaveLength(customers);
    expect(bytesOf(first.text)).toBeLessThanOrEqual(150_000);
    expect(gzipSync(first.text).length).toBeLessThanOrEqual(25_000);
    const { revision } = JSON.parse(first.text);
    expect(await poll(revision)).toMatchObject({ status: 304, text: '' });
  });

  it('is sent in part where one customer changed, and the parts make the whole', async () => {
    const whole = await overview(ctx);
    await record('customer-7', [
      dayOf('2026-03-01', { stale: 3, affected: 3, flags: { ...sumCounts([]).flags, wrongAgent: 3 } }),
    ]);
    await ctx.db.pool.query("UPDATE customers SET display_name = 'Renamed' WHERE id = 'customer-8'");
    await ctx.db.pool.query("DELETE FROM customers WHERE id = 'customer-9'");
    const { list, text } = await poll(whole.revision);
    expect(list).toMatchObject({ isPart: true, gone: ['customer-9'] });
    expect(list?.customers.map(({ customerId }) => customerId).sort()).toEqual(['customer-7', 'customer-8']);
    expect(bytesOf(text)).toBeLessThanOrEqual(1_000);
    const merged = mergeLists(whole.data as CustomerList, list as CustomerList);
    const kept = (await overview(ctx)).data as CustomerList;
    expect(summariesOf(merged)).toEqual(summariesOf(kept));
    const another = connectPostgres({ url: ctx.config.postgres.url, log: ctx.log, application: 'tests' });
    const again = (await overview({ db: another })).data as CustomerList;
    await another.close();
    expect(summariesOf(merged)).toEqual(summariesOf(again));
    expect(summariesOf(merged).find(({ customerId }) => customerId === 'customer-7')).toMatchObject({
      stale: expect.any(Number),
    });
  });

  it('misses no change of a transaction that was open during the poll before', async () => {
    const before = await overview(ctx);
    const open = await ctx.db.pool.connect();
    try {
      await open.query('BEGIN');
      await open.query("UPDATE customers SET display_name = 'Late' WHERE id = 'customer-11'");
      await ctx.db.pool.query("UPDATE customers SET display_name = 'Early' WHERE id = 'customer-12'");
      const during = await overview(ctx, before.revision);
      expect(during.data?.customers.map(({ displayName }) => displayName)).toEqual(['Early']);
      await open.query('COMMIT');
      const after = await overview(ctx, during.revision);
      expect(after.data?.customers.map(({ displayName }) => displayName)).toContain('Late');
    } finally {
      open.release();
    }
  });

  it('is at most 5 kB for a poll after a look at all customers in which nothing changed', async () => {
    const customerIds = Array.from({ length: customers }, (_, at) => `customer-${at}`);
    await ctx.db.pool.query(
      `INSERT INTO watched_customers (customer_id, from_day, to_day, checked_at)
       SELECT id, '2026-01-01', '2026-03-02', now() FROM customers`,
    );
    const whole = await overview(ctx);
    const at = new Date(Date.now() + 60_000);
    await ctx.db.query(moveChecked, { customerIds, at });
    await record('customer-7', [dayOf('2026-02-27', { stale: 2, affected: 2, asOfMs: at.getTime() + 1_000 })]);
    const { list, text } = await poll(whole.revision);
    expect(bytesOf(text)).toBeLessThanOrEqual(5_000);
    expect(list?.customers.map(({ customerId }) => customerId)).toEqual(['customer-7']);
    const merged = summariesOf(mergeLists(whole.data as CustomerList, list as CustomerList));
    expect(merged.find(({ customerId }) => customerId === 'customer-8')?.countedAtMs).toBe(at.getTime());
    const another = connectPostgres({ url: ctx.config.postgres.url, log: ctx.log, application: 'tests' });
    expect(merged).toEqual(summariesOf((await overview({ db: another })).data as CustomerList));
    await another.close();
  });

  it('has nothing for a poll while a transaction elsewhere in the server stays open', async () => {
    const open = await ctx.db.pool.connect();
    try {
      await open.query('BEGIN; CREATE TEMPORARY TABLE long_work (n integer); INSERT INTO long_work VALUES (1)');
      await ctx.db.pool.query("UPDATE customers SET display_name = 'Meanwhile' WHERE id = 'customer-13'");
      const { revision } = await overview(ctx);
      expect((await overview(ctx, revision)).data).toBeUndefined();
      await ctx.db.pool.query("UPDATE customers SET display_name = 'Then' WHERE id = 'customer-14'");
      const then = await overview(ctx, revision);
      expect(then.data?.customers.map(({ displayName }) => displayName)).toEqual(['Then']);
    } finally {
      await open.query('ROLLBACK');
      open.release();
    }
  });

  it('is whole for a poll that holds nothing known, or something too old', async () => {
    const { revision } = await overview(ctx);
    const [transaction] = revision.split('-');
    for (const since of ['nonsense', `${transaction}-1`, `${10n ** 17n}-${revision.split('-')[1]}`])
      expect((await overview(ctx, since)).data).toMatchObject({ isPart: false });
    await ctx.db.pool.query("UPDATE overview_changes SET at = at - interval '2 hours'");
    await forgetChanges(ctx);
    expect((await ctx.db.pool.query('SELECT count(*) AS n FROM overview_changes')).rows[0].n).toBe(0);
  });
});

it('a customer that was looked at and has no data says when, and one that nobody looked at does not', async () => {
  await ctx.db.pool.query(
    `INSERT INTO customers (id, display_name, database_name, time_zone)
     VALUES ('empty', 'Empty', 'empty', 'UTC'), ('new', 'New', 'new', 'UTC')`,
  );
  const asOfMs = Date.parse('2026-03-02T00:00:00Z');
  await record('empty', [dayOf('2026-03-01', { conversations: 0, asOfMs })]);
  expect((await readSummary(ctx, 'empty')).summary).toMatchObject({ newestDay: null, days: '', countedAtMs: asOfMs });
  expect((await readSummary(ctx, 'new')).summary).toMatchObject({ newestDay: null, days: '', countedAtMs: null });
});

it('a customer reads in the list as its days do: each kind of day, days that were not scanned, and a scan under way', async () => {
  const id = 'customer-20';
  const newest = '2026-04-30';
  const flags = (some: Partial<DayResult['flags']>) => ({ ...sumCounts([]).flags, ...some });
  const days = [
    dayOf(addDays(newest, -29), { stale: 1, affected: 1, flags: flags({ wrongUseCase: 1 }) }),
    dayOf(addDays(newest, -20), { missing: 2, affected: 2, flags: flags({ missing: 2 }) }),
    dayOf(addDays(newest, -19), { orphans: 1, affected: 1, flags: flags({ orphan: 1 }) }),
    dayOf(addDays(newest, -10), { duplicates: 1, affected: 1, flags: flags({ duplicate: 1 }) }),
    dayOf(addDays(newest, -9), { atLeast: true }),
    dayOf(addDays(newest, -8), { settling: 4 }),
    dayOf(addDays(newest, -7), { conversations: 0 }),
    dayOf(newest, {}),
    dayOf(addDays(newest, 1), { conversations: 0 }),
  ];
  await record(id, days);
  await ctx.db.pool.query(
    `INSERT INTO scans (id, customer_id, from_day, to_day, cause, requested_by, status)
     VALUES ($1, $2, '2026-04-01', '2026-05-01', 'person', 'tests', 'running')`,
    [scanId, id],
  );
  const { summary } = await readSummary(ctx, id);
  const range = { customerId: id, fromDay: addDays(newest, 1 - listedDays), toDay: addDays(newest, 1) };
  const stored = new Map((await listDays(ctx, range)).map((day) => [day.day, day]));
  const letters = daysBetween(range.fromDay, range.toDay).map((day) => stateLetters[dayState(stored.get(day))]);
  const totals = sumCounts([...stored.values()]);
  expect(summary).toMatchObject({ newestDay: newest, days: letters.join(''), atLeast: true, scan: 'running' });
  expect(new Set(letters).size).toBe(Object.keys(stateLetters).length);
  for (const key of ['conversations', 'affected', 'stale', 'duplicates', 'missing', 'orphans', 'settling'] as const)
    expect(summary[key]).toBe(totals[key]);
  expect(summary.flags).toBe(bitsOf(flagNames.filter((flag) => totals.flags[flag] > 0)));
  const affected = (await listAffectedDays(ctx)).find(({ customerId }) => customerId === id);
  expect(affected?.days).toEqual([
    { day: addDays(newest, -29), affected: 1, flags: flagBits.wrongUseCase },
    { day: addDays(newest, -20), affected: 2, flags: flagBits.missing },
    { day: addDays(newest, -19), affected: 1, flags: flagBits.orphan },
    { day: addDays(newest, -10), affected: 1, flags: flagBits.duplicate },
  ]);
  expect(JSON.parse((await ask(affectedDays, '/api/affected-days')).text).ok).toBe(true);
});
