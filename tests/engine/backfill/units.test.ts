import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAll } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { planHash } from '@/lib/backfill/plan/plan-hash';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import { obstacles, runPreChecks } from '@/lib/backfill/plan/pre-checks';
import { countUnits } from '@/lib/backfill/plan/units/count-units';
import { dayPlan, planOfUnit, readUnits } from '@/lib/backfill/plan/units/read-units';
import { backfillQueue, sendItem } from '@/lib/backfill/repair/queue';
import type { RepairStrategy } from '@/lib/backfill/state/name-model';
import { countsOfUnit, type Plan } from '@/lib/backfill/state/plan-model';
import { getCustomer } from '@/lib/customers/get-customer';
import type { Customer } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { scopeOfUnit } from '@/lib/customers/unit-model';
import { tagIn, tagOfBackup } from '@/lib/label-store/model';
import type { TestContext } from '../../support/context';
import { customerWith, labelBytes } from '../../support/kinds';
import { approvedUndo, operator, reached } from '../../support/repair';
import { workingContext } from '../../support/worker';

const timeZone = 'America/Los_Angeles';
/** Starts in UTC; the zone's day of 8 March has 23 hours. Each label but "right" names another agent than its truth. */
const starts = {
  'before the days': '2026-03-07 07:59:59.999',
  'first of the days': '2026-03-07 08:00:00.000',
  right: '2026-03-07 20:00:00.000',
  'last of the days': '2026-03-09 06:59:59.999',
  'after the days': '2026-03-09 07:00:00.000',
  'before the hours': '2026-03-09 14:59:59.999',
  'first of the hours': '2026-03-09 15:00:00.000',
  'last of the hours': '2026-03-09 18:59:59.999',
  'after the hours': '2026-03-09 19:00:00.000',
} as const;
type Name = keyof typeof starts;
const twoDays = '2026-03-07t000000000-2026-03-09t000000000';
const hours = '2026-03-09t080000000-2026-03-09t120000000';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await workingContext();
});
afterAll(() => ctx?.close());

async function customerOfStarts(): Promise<Customer> {
  const customer = await customerWith(ctx, { timeZone });
  const rows = Object.entries(starts).map(([id, start]) => ({
    conversation_id: id,
    customer_id: customer.id,
    profile_id: 'main',
    agent_user_id: 'ann',
    usecase_id: 'sales',
    conversation_start_time: start,
    conversation_end_time: '2026-03-10 00:00:00.000',
    update_time: '2026-03-10 01:00:00.000',
  }));
  const insert = (table: string, values: object[]) =>
    ctx.admin.client.insert({ table: `${customer.database}.${table}`, values, format: 'JSONEachRow' });
  await insert('conversation', rows);
  await insert(
    'conversation_with_labels',
    rows.map((row) => (row.conversation_id === 'right' ? row : { ...row, agent_user_id: 'ben' })),
  );
  for (const { conversation_id: id, conversation_start_time: start } of rows)
    await ctx.chats.pool.query(
      `INSERT INTO chats VALUES ($1, $2, 'main', 'ann', 'sales', 'chat', $3::timestamptz, '2026-03-10Z', '2026-03-10Z')`,
      [id, customer.id, `${start}Z`],
    );
  return customer;
}

/** The plan of a run with exactly this unit, as a planner of units would make it. */
async function planOf(customer: Customer, unit: string, strategy: RepairStrategy): Promise<Plan> {
  const scope = scopeOfUnit(customer, unit);
  const tables = await readTables(ctx, customer);
  const { fromDay, toDay } = scope;
  const ofDays = await planBackfill(ctx, { customerId: customer.id, fromDay, toDay, strategy, onlyAffected: false });
  const { counted } = await countUnits(ctx, { scope, units: [unit], tables, recount: true });
  const own = { unit, days: (counted.get(unit) ?? []).map(dayPlan) };
  const labels = await readUnits(ctx, { scope, tables, units: [own] });
  const units = [planOfUnit(own, labels.get(unit), strategy)];
  const checks = await runPreChecks(ctx, { customer, tables, strategy, scope, units, executed: [unit] });
  const plan = { ...ofDays, units, checks, rowsToDelete: units[0]?.rowsToDelete ?? 0 };
  return { ...plan, hash: planHash(plan) };
}

async function startPlan({ id }: Customer, plan: Plan): Promise<string> {
  const customer = await getCustomer(ctx, id);
  const runId = randomUUID();
  const boss = await backfillQueue(ctx);
  await ctx.db.transaction(async (tx) => {
    const request = { confirmed: [], reason: 'test' };
    const itemId = await insertAll(tx, { runId, plan, customer, request, approval: null, actor: operator });
    await sendItem(boss, tx, { itemId, customerId: customer.id });
  });
  return runId;
}

async function agentsOf({ database }: Customer): Promise<Record<string, string>> {
  const result = await ctx.admin.client.query({
    query: `SELECT conversation_id AS id, groupArray(agent_user_id) AS agents
            FROM ${database}.conversation_with_labels FINAL GROUP BY id`,
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ id: string; agents: string[] }>();
  return Object.fromEntries(rows.map(({ id, agents }) => [id, agents.join(', ')]));
}

describe('a unit of repair that is not one day', () => {
  it.each<[string, string, RepairStrategy, Name[]]>([
    ['two days', twoDays, 'replace', ['first of the days', 'right', 'last of the days']],
    ['some hours of a day', hours, 'replace', ['first of the hours', 'last of the hours']],
    ['some hours of a day', hours, 'no-gap', ['first of the hours', 'last of the hours']],
  ])(
    'of %s (%s) goes through every step of "%s" and is undone byte for byte',
    { timeout: 240_000 },
    async (_, unit, strategy, inside) => {
      const customer = await customerOfStarts();
      const before = await labelBytes(ctx, customer);
      const plan = await planOf(customer, unit, strategy);
      expect(plan.units).toMatchObject([{ unit, labelRows: inside.length }]);
      expect(plan.units.map((one) => countsOfUnit(one).conversations)).toEqual([inside.length]);
      expect(obstacles(plan.checks, [])).toEqual([]);

      const run = await reached(ctx, await startPlan(customer, plan), ['verified']);
      const expected = (id: string) => ((inside as string[]).includes(id) || id === 'right' ? 'ann' : 'ben');
      expect(await agentsOf(customer)).toEqual(Object.fromEntries(Object.keys(starts).map((id) => [id, expected(id)])));
      expect(run.units).toMatchObject([{ unit, status: 'verified', evidence: { conversations: inside.length } }]);

      const mutations = await ctx.admin.client.query({
        query: `SELECT command FROM system.mutations WHERE database = '${customer.database}'`,
        format: 'JSONEachRow',
      });
      const [{ command } = { command: '' }] = await mutations.json<{ command: string }>();
      expect(tagIn(command)).toMatchObject({ runId: run.id, unit });

      const undo = await planUndo(ctx, { runId: run.id });
      expect(tagOfBackup(undo.units[0]?.undo?.backupId ?? '')).toMatchObject({ runId: run.id, unit });
      const undoId = await approvedUndo(ctx, { runId: run.id, planHash: undo.hash, reason: 'as it was' });
      await reached(ctx, undoId, ['verified']);
      expect(await labelBytes(ctx, customer)).toEqual(before);
    },
  );
});
