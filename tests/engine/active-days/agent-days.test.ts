import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { agentDays } from '@/lib/active-days/agent-days';
import { decidingOf } from '@/lib/active-days/agent-days-model';
import { fixedClock } from '@/lib/clock';
import { addCustomer } from '@/lib/customers/add-customer';
import type { Customer } from '@/lib/customers/model';
import { type TestContext, testContext } from '../../support/context';
import { freshDatabase, freshName } from '../../support/fresh';
import { operator } from '../../support/repair';
import { type Row, write } from './rows';

/** Noon of the last of three days that have 71 hours, since one loses an hour to summer time. */
const nowMs = Date.parse('2026-03-09T19:00:00Z');
const begin = Date.parse('2026-03-07T08:00:00Z');
const range = { fromDay: '2026-03-07', toDay: '2026-03-10' };

let ctx: TestContext;
let database: string;
let customer: Customer;

beforeAll(async () => {
  ctx = await testContext({ clock: fixedClock(nowMs) });
  database = await freshDatabase();
});
afterAll(() => ctx.close());
beforeEach(async () => {
  const id = freshName('airline');
  customer = await addCustomer(
    ctx,
    { id, displayName: id, profiles: ['p', 'q'], database, timeZone: 'America/Los_Angeles' },
    operator,
  );
});

const put = (side: 'truth' | 'labels', rows: Row[]) => write(ctx, { database, customer: customer.id, side }, rows);
const days = (agent: string, useCase?: string) =>
  agentDays(ctx, { customerId: customer.id, ...range, agent, useCase, namesMost: 500 });
const at = (hours: number) => new Date(begin + hours * 3_600_000).toISOString();

const agent = fc.constantFrom('a', 'a', 'b', 'c', null);
const useCase = fc.constantFrom('sales', 'sales', 'care');
const profile = fc.constantFrom('p', 'p', 'p', 'q');
const hours = fc.integer({ min: 0, max: 57 });
/** Half an hour ago is within the safety margin. */
const lasts = fc.constantFrom('an hour', 'an hour', 'an hour', 'open', 'until a moment ago');
const says = fc.record({ agent, useCase, profile, hours, lasts });
/** Truth of one or two versions; labels that are right, wrong, missing, several, or without a truth. */
const world = fc.array(
  fc.record({
    truths: fc.array(says, { minLength: 1, maxLength: 2 }),
    label: fc.constantFrom('right', 'right', 'another agent', 'none', 'none', 'right and another', 'orphan'),
    another: says,
    moved: fc.boolean(),
  }),
  { minLength: 3, maxLength: 14 },
);
type Conversation = typeof world extends fc.Arbitrary<(infer T)[]> ? T : never;
type Said = Conversation['another'];

const rowOf = (id: string, { hours: start, lasts: how, ...row }: Said, version: number): Row => ({
  ...row,
  id,
  version,
  start: at(start),
  end: how === 'open' ? '' : how === 'an hour' ? at(start + 1) : new Date(nowMs - 1_800_000).toISOString(),
});

function rowsOf(world: readonly Conversation[]): { truth: Row[]; labels: Row[] } {
  const truth: Row[] = [];
  const labels: Row[] = [];
  for (const [at, { truths, label, another, moved }] of world.entries()) {
    const id = String(at);
    const newest = truths.at(-1) as Said;
    if (label !== 'orphan') truth.push(...truths.map((said, version) => rowOf(id, said, version + 1)));
    if (label.startsWith('right')) labels.push(rowOf(id, newest, 1));
    // Mostly on the same day as the truth.
    const other = { ...another, profile: newest.profile, ...(moved ? {} : { hours: newest.hours }) };
    if (label !== 'right' && label !== 'none') labels.push(rowOf(id, label === 'orphan' ? another : other, 2));
  }
  return { truth, labels };
}

/** Makes the labels of these conversations what their closed truth says, as a repair does. */
async function mend(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const list = ids.map((id) => `'${id}'`).join(', ');
  const mine = `customer_id = '${customer.id}' AND conversation_id IN (${list})`;
  await ctx.admin.client.command({
    query: `ALTER TABLE ${database}.conversation_with_labels DELETE WHERE ${mine}`,
    clickhouse_settings: { mutations_sync: '2' },
  });
  await ctx.admin.client.command({
    query: `INSERT INTO ${database}.conversation_with_labels
      SELECT conversation_id, customer_id, profile_id, said.1, said.2, said.3, said.4, 1, now64(3)
      FROM (
        SELECT conversation_id, customer_id, profile_id, argMax((ifNull(agent_user_id, ''), usecase_id,
          conversation_start_time, conversation_end_time), (update_time, cityHash64(toDate(conversation_start_time)))) AS said
        FROM ${database}.conversation_d WHERE ${mine} GROUP BY ALL)
      WHERE said.4 > '1971-01-01'`,
  });
}

test('the days listed add up to the number of every agent, and mending exactly the named conversations gives the expected one', async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.constantFrom(undefined, undefined, 'sales'), fc.nat(), async (made, useCase, pick) => {
      const id = freshName('airline');
      customer = await addCustomer(ctx, { ...customer, id, displayName: id }, operator);
      const { truth, labels } = rowsOf(made);
      await put('truth', truth);
      await put('labels', labels);
      const numbers = await activeDaysDiff(ctx, { customerId: customer.id, ...range, useCase });
      const expected = new Map(numbers.agents.map((row) => [row.agent, row]));
      for (const agent of ['a', 'b', 'c']) {
        const view = await days(agent, useCase);
        expect(view.labels).toBe(expected.get(agent)?.after ?? null);
        expect(view.truth).toBe(expected.get(agent)?.expected ?? null);
        for (const day of view.days) {
          const deciding = decidingOf(day);
          const named = day.deciding.filter((one) => one.judged || !day.settled);
          if (deciding) expect(named).toHaveLength(deciding.conversations);
          else expect(day.deciding).toEqual([]);
        }
      }
      // The first agent is mended on its settled days; other agents' labels may change with it.
      const before = await days('a', useCase);
      const settled = before.days.filter((day) => day.settled);
      const extra = settled.filter((day) => day.verdict === 'extra');
      const all = extra.flatMap((day) => day.deciding.map((one) => one.conversationId));
      const one = extra.find((day) => day.deciding.length > 1);
      if (one) {
        // All of them but one are not enough.
        const but = one.deciding.slice(1).map((each) => each.conversationId);
        await mend(but);
        const still = (await days('a', useCase)).days.find((day) => day.day === one.day);
        expect(still?.labels).toBe(true);
      }
      const any = settled
        .filter((day) => day.verdict === 'missing' || day.verdict === 'by accident')
        .map((day) => {
          const judged = day.deciding.filter((each) => each.judged);
          return judged[pick % judged.length]?.conversationId ?? '';
        });
      await mend([...new Set([...all, ...any])]);
      const after = await days('a', useCase);
      for (const day of settled)
        expect([day.day, after.days.find((each) => each.day === day.day)?.labels]).toEqual([day.day, day.truth]);
      if (settled.length === before.days.length) expect(after.labels ?? 0).toBe(before.truth ?? 0);
    }),
    { numRuns: Number(process.env.WORLDS ?? 6) },
  );
});
