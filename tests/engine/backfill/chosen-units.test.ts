import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import type { PlanRequest } from '@/lib/backfill/state/command-model';
import type { RepairStrategy } from '@/lib/backfill/state/name-model';
import { type Plan, workedUnits } from '@/lib/backfill/state/plan-model';
import { strategies } from '@/lib/backfill/state/strategies';
import { listRepairs } from '@/lib/backfill/view/list-repairs';
import type { Customer } from '@/lib/customers/model';
import { unitInWords } from '@/lib/customers/unit-words-model';
import type { TestContext } from '../../support/context';
import { customerWith, labelBytes } from '../../support/kinds';
import { approvedUndo, operator, reached, start } from '../../support/repair';
import { workingContext } from '../../support/worker';

const rowsMax = 6;
let ctx: TestContext;
beforeAll(async () => {
  ctx = await workingContext({ env: { SLC_UNIT_ROWS: String(rowsMax) } });
});
afterAll(() => ctx?.close());

type Row = { id: string; start: string; wrong: boolean };

/** Truth of ann; a wrong label names ben. */
async function customerOf(rows: Row[]): Promise<Customer> {
  const customer = await customerWith(ctx, {});
  const values = rows.map(({ id, start, wrong }) => ({
    conversation_id: id,
    customer_id: customer.id,
    profile_id: 'main',
    agent_user_id: wrong ? 'ben' : 'ann',
    usecase_id: 'sales',
    conversation_start_time: start,
    conversation_end_time: '2026-03-10 00:00:00.000',
    update_time: '2026-03-10 01:00:00.000',
  }));
  const insert = (table: string, values: object[]) =>
    ctx.admin.client.insert({ table: `${customer.database}.${table}`, values, format: 'JSONEachRow' });
  await insert(
    'conversation',
    values.map((row) => ({ ...row, agent_user_id: 'ann' })),
  );
  await insert('conversation_with_labels', values);
  for (const { id, start } of rows)
    await ctx.chats.pool.query(
      `INSERT INTO chats VALUES ($1, $2, 'main', 'ann', 'sales', 'chat', $3::timestamptz, '2026-03-10Z', '2026-03-10Z')`,
      [id, customer.id, `${start}Z`],
    );
  return customer;
}

const row = (start: string, wrong = false): Row => ({ id: `at ${start}`, start: `${start}.000`, wrong });
const request = (customer: Customer, more: Partial<PlanRequest> = {}): PlanRequest => ({
  customerId: customer.id,
  fromDay: '2026-02-20',
  toDay: '2026-03-08',
  ...more,
});
const unitsOf = (plan: Plan) => workedUnits(plan).map(({ unit }) => unitInWords(unit));
/**
 * Two affected days, a right one, two affected ones over the end of a month, and a large day whose wrong labels are of
 * one morning.
 */
const rows = [
  row('2026-02-23 10:00:00', true),
  row('2026-02-24 10:00:00', true),
  row('2026-02-25 10:00:00'),
  row('2026-02-28 10:00:00', true),
  row('2026-03-01 10:00:00', true),
  ...['01', '05', '12', '18', '22'].map((hour) => row(`2026-03-05 ${hour}:30:00`)),
  row('2026-03-05 08:10:00', true),
  row('2026-03-05 10:59:59', true),
];

describe('the units of a plan', () => {
  it('are joined within a partition and the limit of rows, day by day, or tight around the affected hours', async () => {
    const customer = await customerOf(rows);
    const joined = await planBackfill(ctx, request(customer));
    const days = ['2026-02-28', '2026-03-01'];
    expect(unitsOf(joined)).toEqual(['2026-02-23 to 2026-02-24', ...days, '2026-03-05']);
    const byDay = await planBackfill(ctx, request(customer, { units: 'day' }));
    expect(unitsOf(byDay)).toEqual(['2026-02-23', '2026-02-24', ...days, '2026-03-05']);
    const tight = await planBackfill(ctx, request(customer, { units: 'tight' }));
    expect(unitsOf(tight)).toEqual(['2026-02-23 to 2026-02-24', ...days, '2026-03-05 08:00 to 11:00']);

    expect(joined.choices.map(({ choice, units, mutations }) => [choice, units, mutations])).toEqual([
      ['joined', 4, 4],
      ['day', 5, 5],
      ['tight', 4, 4],
    ]);
    expect(new Set([joined.hash, byDay.hash, tight.hash]).size).toBe(3);
    expect(joined.units.filter(({ skip }) => skip !== null)).toHaveLength(16 - 5);
    expect(joined.recommended).toEqual({
      strategy: 'no-gap',
      sentence: 'No gap: it deletes at most 6 rows instead of 11, and no label is missing meanwhile.',
    });
    expect(joined.strategy).toBe('no-gap');
    expect(workedUnits(tight).at(-1)).toMatchObject({ labelRows: 2, conversationsToRelabel: 2, rowsToDelete: 2 });
  });

  it.each<[RepairStrategy, 'joined' | 'tight']>([
    ['replace', 'joined'],
    ['no-gap', 'tight'],
    ['replace', 'tight'],
  ])('are repaired by %s, %s, counted, shown for their days, and undone one by one', async (strategy, units) => {
    const customer = await customerOf(rows);
    const before = await labelBytes(ctx, customer);
    const right = await labelBytes(ctx, customer, "agent_user_id = 'ann'");
    const run = await reached(ctx, await start(ctx, request(customer, { strategy, units })), ['verified']);
    expect(run).toMatchObject({ unitsTotal: 4, unitsVerified: 4, daysSkipped: 11, page: { at: 0, of: 1 } });
    expect(run.units[0]?.plan.days.map(({ day }) => day)).toEqual(['2026-02-23', '2026-02-24']);
    expect(run.result).toContain('5 days verified by counting');
    const after = await labelBytes(ctx, customer);
    expect(after).not.toEqual(before);
    // What is outside of the units is as it was, to the byte; of a large day, what is outside of its hours.
    const untouched = right.filter((bytes) => after.includes(bytes));
    const outside = strategy === 'replace' && units === 'joined' ? 1 : 6;
    expect(untouched.length).toBeGreaterThanOrEqual(outside);

    const repairs = await listRepairs(ctx, { customerId: customer.id, fromDay: '2026-02-24', toDay: '2026-02-25' });
    expect(repairs).toMatchObject([{ runId: run.id, strategy, status: 'verified', startedBy: 'olga', canUndo: true }]);
    for (const { unit } of run.units) {
      const undo = await planUndo(ctx, { runId: run.id, unit });
      expect(workedUnits(undo)).toHaveLength(1);
      const asked = { runId: run.id, unit, planHash: undo.hash, reason: 'as it was' };
      await reached(ctx, await approvedUndo(ctx, asked), ['verified']);
    }
    expect(await labelBytes(ctx, customer)).toEqual(before);
  });

  it('of a start are those of the plan that was seen, whatever the limit is by now', async () => {
    const customer = await customerOf(rows);
    const plan = await planBackfill(ctx, request(customer));
    const other = { ...ctx, config: { ...ctx.config, backfill: { ...ctx.config.backfill, unitRows: 1 } } };
    const { runId } = await startBackfill(other, { ...request(customer), planHash: plan.hash }, operator);
    const run = await reached(ctx, runId, ['verified']);
    expect(run.units.map(({ unit }) => unitInWords(unit))).toEqual(unitsOf(plan));
    expect(strategies[run.strategy].leavesGap).toBe(false);
  });

  it('of a year are planned and shown in pages', async () => {
    const customer = await customerOf(
      Array.from({ length: 120 }, (_, place) => {
        const day = new Date(Date.UTC(2025, 2, 1 + 3 * place)).toISOString().slice(0, 10);
        return row(`${day} 10:00:00`, true);
      }),
    );
    const plan = await planBackfill(ctx, request(customer, { fromDay: '2025-03-01', toDay: '2026-03-01' }));
    expect(workedUnits(plan)).toHaveLength(120);
    expect(plan.units).toHaveLength(365);
  });
});
