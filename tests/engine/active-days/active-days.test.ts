import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { agentDays } from '@/lib/active-days/agent-days';
import { type Deciding, reasonOf } from '@/lib/active-days/agent-days-model';
import { countActiveDays } from '@/lib/active-days/count-active-days';
import { listSnapshotRuns } from '@/lib/active-days/list-snapshot-runs';
import type { SnapshotPhase } from '@/lib/active-days/model';
import { takeSnapshots } from '@/lib/active-days/take-snapshots';
import { fixedClock } from '@/lib/clock';
import { addCustomer } from '@/lib/customers/add-customer';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { dayOf } from '@/lib/days';
import { type LabelKey, labelKeys } from '@/lib/embedded/demo/sql/tables';
import { type TestContext, testContext } from '../../support/context';
import { freshDatabase, freshName } from '../../support/fresh';
import { incidentOf, operator } from '../../support/repair';
import { type Row, write } from './rows';

let ctx: TestContext;
let database: string;
let customer: Customer;

beforeAll(async () => {
  ctx = await testContext();
  database = await freshDatabase();
});
afterAll(() => ctx.close());
beforeEach(async () => {
  customer = await register(database);
});

async function register(into: string, timeZone = 'UTC'): Promise<Customer> {
  const id = freshName('airline');
  return addCustomer(ctx, { id, displayName: id, profiles: ['p', 'q'], database: into, timeZone }, operator);
}
const truth = (rows: Row[]) => write(ctx, { database: customer.database, customer: customer.id, side: 'truth' }, rows);
const labels = (rows: Row[]) =>
  write(ctx, { database: customer.database, customer: customer.id, side: 'labels' }, rows);
const diff = (
  fromDay: string,
  toDay: string,
  more: { useCase?: string; runId?: string; before?: string; after?: string } = {},
) => activeDaysDiff(ctx, { customerId: customer.id, fromDay, toDay, ...more });
const cells = (result: Awaited<ReturnType<typeof diff>>) =>
  Object.fromEntries(result.agents.map((row) => [row.agent, [row.before, row.expected, row.after, row.verdict]]));

/** A run of the backfill tables, which snapshots belong to. */
async function run(fromDay: string, toDay: string): Promise<string> {
  const id = randomUUID();
  await ctx.db.pool.query(
    `INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, status, started_by)
     VALUES ($1, $2, 'replace', $3, $4, '{}', '{}', '', 'verified', 'test')`,
    [id, customer.id, fromDay, toDay],
  );
  return id;
}

describe('the incident', () => {
  test('shows Corinne Harmon 0 and expected 1, everybody else unchanged', async () => {
    customer = await incidentOf(ctx, { conversations: 120 });
    const result = await diff('2026-02-10', '2026-02-11');
    const { 'Corinne Harmon': corinne, ...others } = cells(result);
    expect(corinne).toEqual([0, 1, 0, 'wrong']);
    expect(Object.values(others).every((cell) => cell[3] === 'right' && cell[0] === 1)).toBe(true);
    expect(others).toHaveProperty('Dana Whitfield');
    const strip = await agentDays(ctx, {
      customerId: customer.id,
      fromDay: '2026-02-09',
      toDay: '2026-02-12',
      agent: 'Corinne Harmon',
    });
    expect(strip).toMatchObject({ labels: 0, truth: 1 });
    expect(strip.days.map((one) => one.verdict)).toEqual(['none', 'missing', 'none']);
    expect(strip.days[1]?.cause).toBe('With the labels of any one of these 17 conversations right, the day counts.');
    const [deciding] = strip.days[1]?.deciding ?? [];
    expect(reasonOf(deciding as Deciding, strip)).toMatch(
      /^labelled while open, \d+ minutes before the truth changed; the label names /,
    );
    expect(result.totals).toEqual({
      before: result.agents.length - 1,
      expected: result.agents.length,
      after: result.agents.length - 1,
    });
  });

  test('is 0 / 1 / 1 fixed from the snapshots of a run, and stays so when the day changes later', async () => {
    customer = await incidentOf(ctx, { conversations: 50 });
    const scope = scopeOf(customer, '2026-02-10', '2026-02-11');
    const runId = await run(scope.fromDay, scope.toDay);
    const tables = await readTables(ctx, scope);
    const take = (atMs: number, ...phases: SnapshotPhase[]) =>
      takeSnapshots({ ...ctx, clock: fixedClock(atMs) }, { runId, phases, scope, tables });
    await take(1_000, 'before', 'expected');
    await take(2_000, 'expected');
    const right = `ALTER TABLE ${customer.database}.conversation_with_labels DELETE WHERE 1`;
    await ctx.admin.client.command({ query: right, clickhouse_settings: { mutations_sync: '2' } });
    await ctx.admin.client.command({
      query: `INSERT INTO ${customer.database}.conversation_with_labels
        SELECT conversation_id, customer_id, profile_id, ifNull(agent_user_id, ''), usecase_id, conversation_start_time,
          conversation_end_time, 1, now64(3) FROM ${customer.database}.conversation FINAL`,
    });
    await take(3_000, 'before');
    await take(4_000, 'after');
    await ctx.admin.client.command({ query: right, clickhouse_settings: { mutations_sync: '2' } });
    const result = await diff(scope.fromDay, scope.toDay, { runId });
    expect(cells(result)['Corinne Harmon']).toEqual([0, 1, 1, 'fixed']);
    expect(result.counts).toEqual({
      fixed: 1,
      unchanged: result.agents.length - 1,
      'still wrong': 0,
      'changed unexpectedly': 0,
      wrong: 0,
      right: 0,
    });
    expect(result.takenAtMs).toEqual({ before: 1_000, expected: 2_000, after: 4_000 });
  });

  test('two runs are compared on the days that both have, and a part of a run’s range is shown', async () => {
    const day = (n: number) => `2026-03-0${n}T10:00:00Z`;
    const row = (id: string, agent: string, n: number) => ({
      id,
      agent,
      start: day(n),
      end: `2026-03-0${n}T11:00:00Z`,
    });
    await truth([row('1', 'ann', 1), row('2', 'ann', 2), row('3', 'ann', 3)]);
    await labels([row('1', 'ann', 1)]);
    const ranges = { first: ['2026-03-01', '2026-03-03'], second: ['2026-03-02', '2026-03-04'] } as const;
    const runs = { first: await run(...ranges.first), second: await run(...ranges.second) };
    const take = async (which: 'first' | 'second', ...phases: SnapshotPhase[]) => {
      const scope = scopeOf(customer, ranges[which][0], ranges[which][1]);
      const tables = await readTables(ctx, scope);
      await takeSnapshots(ctx, { runId: runs[which], phases, scope, tables });
    };
    await take('first', 'before', 'expected', 'after');
    await labels([row('2', 'ann', 2), row('3', 'ann', 3)]);
    await take('second', 'before', 'expected', 'after');
    const both = await diff('2026-03-02', '2026-03-03', {
      before: `${runs.first}:after`,
      after: `${runs.second}:after`,
    });
    expect(cells(both)).toEqual({ ann: [0, 1, 1, 'fixed'] });
    expect(both.compared).toMatchObject({ before: { moment: `${runs.first}:after` }, after: {} });
    expect(cells(await diff('2026-03-02', '2026-03-03', { runId: runs.first }))).toEqual({
      ann: [0, 1, 0, 'still wrong'],
    });
    const strip = await agentDays(ctx, {
      customerId: customer.id,
      fromDay: '2026-03-01',
      toDay: '2026-03-03',
      agent: 'ann',
      runId: runs.first,
    });
    expect(strip.before).toMatchObject({ days: 1, on: [true, false] });
    expect(strip.days.map((one) => one.labels)).toEqual([true, true]);
    await expect(diff('2026-03-01', '2026-03-04', { before: 'now', after: `${runs.first}:after` })).rejects.toThrow(
      'is of 2026-03-01 up to 2026-03-03',
    );
    expect((await listSnapshotRuns(ctx, customer.id)).map((one) => one.runId)).toEqual([runs.second, runs.first]);
  });

  test('a run that has not ended has not failed to repair anybody, and one without a snapshot says so', async () => {
    await truth([{ id: '1', agent: 'ann', start: '2026-03-01T10:00:00Z', end: '2026-03-01T11:00:00Z' }]);
    const runId = await run('2026-03-01', '2026-03-02');
    const scope = scopeOf(customer, '2026-03-01', '2026-03-02');
    const tables = await readTables(ctx, scope);
    await takeSnapshots(ctx, { runId, phases: ['before', 'expected'], scope, tables });
    const under = await diff('2026-03-01', '2026-03-02', { runId });
    expect(cells(under)).toEqual({ ann: [0, 1, 0, 'wrong'] });
    expect(under.compared?.after.moment).toBe('now');
    await expect(diff('2026-03-01', '2026-03-02', { after: `${runId}:after` })).rejects.toThrow(
      'no Active Days of after',
    );
  });

  test('all use cases of the range can be chosen, also those of which nothing is affected', async () => {
    const at = { start: '2026-03-01T10:00:00Z', end: '2026-03-01T11:00:00Z' };
    await truth([
      { id: '1', agent: 'ann', useCase: 'sales', ...at },
      { id: '2', agent: null, useCase: 'care', ...at },
    ]);
    await labels([{ id: '1', agent: 'ann', useCase: 'sales', ...at }]);
    expect((await diff('2026-03-01', '2026-03-02')).useCases).toEqual(['sales']);
  });

  test('of a run is refused for another range or customer', async () => {
    const runId = await run('2026-02-10', '2026-02-11');
    await expect(diff('2026-02-10', '2026-02-12', { runId })).rejects.toThrow('is of 2026-02-10 up to 2026-02-11');
    const { id } = await register(database);
    await expect(
      activeDaysDiff(ctx, { customerId: id, fromDay: '2026-02-10', toDay: '2026-02-11', runId }),
    ).rejects.toThrow('has no backfill');
  });
});

describe('counting', () => {
  const day = (n: number, clock = '10:00') => `2026-03-0${n}T${clock}:00Z`;

  test('0 is an agent with rows but no counted day, N/A one with neither', async () => {
    await truth([
      { id: 'open', agent: 'open only', start: day(1), end: '' },
      { id: 'unlabelled', agent: 'truth only', start: day(1), end: day(1, '11:00') },
      { id: 'elsewhere', agent: 'other day', start: day(5), end: day(5, '11:00') },
    ]);
    await labels([{ id: 'orphan', agent: 'labels only', start: day(1), end: day(1, '11:00') }]);
    const result = await diff('2026-03-01', '2026-03-02');
    expect(cells(result)).toEqual({
      'truth only': [0, 1, 0, 'wrong'],
      'labels only': [1, 0, 1, 'wrong'],
      'open only': [0, 0, 0, 'right'],
    });
  });

  test('NULL and empty agents are nobody', async () => {
    await truth([
      { id: 'a', agent: null, start: day(1), end: day(1, '11:00') },
      { id: 'b', agent: '', start: day(1), end: day(1, '11:00') },
    ]);
    await labels([{ id: 'a', agent: '', start: day(1), end: day(1, '11:00') }]);
    expect((await diff('2026-03-01', '2026-03-02')).agents).toEqual([]);
  });

  test('the newest version counts, also when it took the agent away', async () => {
    await truth([
      { id: 'a', agent: 'ann', start: day(1), end: day(1, '11:00'), version: 1 },
      { id: 'a', agent: null, start: day(1), end: day(1, '11:00'), version: 2 },
      { id: 'b', agent: 'ann', start: day(2), end: '', version: 1 },
      { id: 'b', agent: 'bob', start: day(2), end: day(2, '11:00'), version: 2 },
    ]);
    const scope = scopeOf(customer, '2026-03-01', '2026-03-05');
    expect([...(await countActiveDays(ctx, { scope, source: 'truth' }))]).toEqual([['bob', 1]]);
  });

  test('a use case filter counts its days, and totals are the sums of its rows', async () => {
    await labels([
      { id: 'a', agent: 'ann', start: day(1), end: day(1, '11:00'), useCase: 'sales' },
      { id: 'b', agent: 'ann', start: day(1), end: day(1, '12:00'), useCase: 'care' },
      { id: 'c', agent: 'ann', start: day(2), end: day(2, '11:00'), useCase: 'care' },
      { id: 'd', agent: 'bob', start: day(2), end: day(2, '11:00'), useCase: 'sales' },
    ]);
    const all = await diff('2026-03-01', '2026-03-05');
    const care = await diff('2026-03-01', '2026-03-05', { useCase: 'care' });
    expect(cells(all)).toMatchObject({ ann: [2, 0, 2, 'wrong'], bob: [1, 0, 1, 'wrong'] });
    expect(cells(care)).toMatchObject({ ann: [2, 0, 2, 'wrong'], bob: [0, 0, 0, 'right'] });
    expect(care.totals).toEqual({ before: 2, expected: 0, after: 2 });
  });

  test('days are the customer’s own: two instants of one UTC day are two days in Kathmandu', async () => {
    customer = await register(database, 'Asia/Kathmandu');
    await labels([
      { id: 'a', agent: 'ann', start: '2026-03-01T18:00:00Z', end: '2026-03-01T19:00:00Z' },
      { id: 'b', agent: 'ann', start: '2026-03-01T18:30:00Z', end: '2026-03-01T19:00:00Z' },
    ]);
    expect((await diff('2026-03-01', '2026-03-03')).totals.before).toBe(2);
    expect((await diff('2026-03-01', '2026-03-02')).totals.before).toBe(1);
  });

  test.each(Object.keys(labelKeys) as LabelKey[])('the newest row of each label key counts: %s', async (labelKey) => {
    customer = await register(await freshDatabase({ labelKey }));
    await ctx.admin.client.command({ query: `SYSTEM STOP MERGES ${customer.database}.conversation_with_labels` });
    await labels([
      { id: 'a', agent: 'ann', start: day(1), end: '', version: 1 },
      { id: 'a', agent: 'bob', start: day(1), end: day(1, '11:00'), version: 2 },
    ]);
    const scope = scopeOf(customer, '2026-03-01', '2026-03-02');
    const counted = Object.fromEntries(await countActiveDays(ctx, { scope, source: 'labels' }));
    expect(counted).toEqual(labelKey === 'end hour and agent' ? { ann: 1, bob: 1 } : { bob: 1 });
  });

  test('any rows count as a naive reading of the definitions does', async () => {
    const agent = fc.constantFrom('a', 'b', 'c', '', null);
    // The three days have 71 hours: one loses an hour to summer time.
    const hours = fc.integer({ min: 0, max: 70 });
    const row = fc.record({
      id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
      agent,
      hours,
      open: fc.boolean(),
      useCase: fc.constantFrom('sales', 'care'),
    });
    const side = fc.uniqueArray(row, { selector: (one) => one.id, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        fc.constantFrom(undefined, 'sales', 'care'),
        async (truthRows, labelRows, useCase) => {
          customer = await register(database, 'America/Los_Angeles');
          const begin = Date.parse('2026-03-07T08:00:00Z');
          const rowOf = (one: (typeof truthRows)[number]) => ({
            ...one,
            start: new Date(begin + one.hours * 3_600_000).toISOString(),
            end: one.open ? '' : new Date(begin + (one.hours + 1) * 3_600_000).toISOString(),
          });
          await truth(truthRows.map(rowOf));
          await labels(labelRows.map(rowOf));
          const naive = (rows: typeof truthRows, counts: (one: (typeof truthRows)[number]) => boolean, who: string) =>
            new Set(
              rows
                .filter((one) => one.agent === who && counts(one) && (!useCase || one.useCase === useCase))
                .map((one) => dayOf(begin + one.hours * 3_600_000, 'America/Los_Angeles')),
            ).size;
          const result = await diff('2026-03-07', '2026-03-10', { useCase });
          const people = new Set([...truthRows, ...labelRows].map((one) => one.agent).filter((who) => who));
          expect(new Set(result.agents.map((one) => one.agent))).toEqual(people);
          for (const one of result.agents) {
            expect(one.before).toBe(naive(labelRows, () => true, one.agent));
            expect(one.expected).toBe(naive(truthRows, (of) => !of.open, one.agent));
          }
          const sum = (of: 'before' | 'expected' | 'after') =>
            result.agents.reduce((total, one) => total + (one[of] ?? 0), 0);
          expect(result.totals).toEqual({ before: sum('before'), expected: sum('expected'), after: sum('after') });
        },
      ),
      { numRuns: 25 },
    );
  });
});
