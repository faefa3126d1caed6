import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { sumCounts } from '@/lib/detection/sum-model';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { countsOf } from './tables';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());

const conversations = 6_000;
const fields = `id, profile, agent, use_case, start_at, end_at, version`;
/**
 * One conversation in two stays fresh; the others get one fault each, by number, and a third of all rows an older
 * version.
 */
const numbered = `
  SELECT number, concat('conversation-', toString(number)) AS id, 'p1' AS profile,
         if(number % 11 = 0, '', concat('agent-', toString(number % 7))) AS agent, concat('use-', toString(number % 3)) AS use_case,
         toDateTime64('2026-02-10 00:00:00', 3, 'UTC') + toIntervalSecond(intDiv(number * 86400, ${conversations})) AS start_at,
         start_at + toIntervalSecond(60 + number % 4000) AS end_at,
         start_at + toIntervalHour(5) AS version, number % 20 AS fault
  FROM numbers(${conversations})`;

async function makeRows(database: string) {
  const insert = (table: string, rows: string) =>
    ctx.admin.client.command({
      query: `
        INSERT INTO ${database}.${table} (customer_id, profile_id, conversation_id, agent_user_id, usecase_id,
          conversation_start_time, conversation_end_time, update_time)
        SELECT 'acme', profile, id, agent, use_case, start_at, end_at, version FROM (${rows})`,
      clickhouse_settings: { optimize_on_insert: 0 },
    });
  const open = `toDateTime64(0, 3, 'UTC')`;
  await insert(
    'conversation',
    `SELECT ${fields.replace('end_at', `if(fault = 8, ${open}, end_at) AS end_at`)} FROM (${numbered}) WHERE fault != 5`,
  );
  await insert(
    'conversation',
    `SELECT ${fields.replace(' agent,', ` 'older' AS agent,`).replace('version', 'start_at AS version')} FROM (${numbered}) WHERE fault NOT IN (5, 8) AND number % 3 = 0`,
  );
  await insert(
    'conversation_with_labels',
    `SELECT id, if(fault = 7, 'p2', profile) AS profile, if(fault IN (1, 9), 'wrong', agent) AS agent,
            if(fault IN (2, 9), 'wrong', use_case) AS use_case, start_at, if(fault IN (3, 9), ${open}, end_at) AS end_at, version
     FROM (${numbered}) WHERE fault != 6`,
  );
  await insert(
    'conversation_with_labels',
    `SELECT ${fields.replace(' agent,', ` 'second' AS agent,`)} FROM (${numbered}) WHERE fault IN (4, 9)`,
  );
  await insert(
    'conversation_with_labels',
    `SELECT ${fields.replace(' use_case,', ` 'older' AS use_case,`).replace('version', 'start_at AS version')} FROM (${numbered}) WHERE fault IN (0, 10) AND number % 3 = 0`,
  );
}

/** The same question asked in the way everybody would ask it first. */
const independent = (database: string) => {
  const side = (table: string) => `
    (SELECT conversation_id AS id, profile_id AS profile, ifNull(agent_user_id, '') AS agent, usecase_id AS use_case,
            toStartOfHour(conversation_end_time) AS end_hour, conversation_end_time = 0 AS open, 1 AS present
     FROM ${database}.${table} FINAL)`;
  return `
    WITH judged AS (
      SELECT id, max(has_truth) AS truth, sum(has_label) AS labels, max(is_open) AS is_open, min(wrong) AS least, groupBitOr(wrong) AS bits
      FROM (
        SELECT if(t.present = 1, t.id, l.id) AS id, t.present AS has_truth, l.present AS has_label, t.open AS is_open,
               toUInt8((l.agent != t.agent) + 2 * (l.use_case != t.use_case) + 4 * (l.end_hour != t.end_hour)
                       + 64 * (l.profile != t.profile)) AS wrong
        FROM ${side('conversation')} AS t FULL JOIN ${side('conversation_with_labels')} AS l ON t.id = l.id)
      GROUP BY id),
    flagged AS (
      SELECT truth, is_open AND truth AS open,
             multiIf(truth = 1 AND is_open = 1, 0, labels = 0, 32,
                     (labels > 1) * 8 + multiIf(truth = 0, 16, least = 0, 0, bits)) AS flags
      FROM judged)
    SELECT countIf(truth = 1) AS conversations, countIf(flags != 0) AS affected, countIf(bitAnd(flags, 71) != 0) AS stale,
           countIf(bitAnd(flags, 8) != 0) AS duplicates, countIf(flags = 32) AS missing, countIf(bitAnd(flags, 16) != 0) AS orphans,
           countIf(open = 1) AS open, countIf(bitAnd(flags, 1) != 0) AS wrong_agent, countIf(bitAnd(flags, 2) != 0) AS wrong_use_case,
           countIf(bitAnd(flags, 4) != 0) AS wrong_end_hour, countIf(bitAnd(flags, 64) != 0) AS wrong_customer
    FROM flagged`;
};

it('finds on generated data with every flag what FINAL and a FULL JOIN find', async () => {
  const database = await freshDatabase();
  await makeRows(database);
  const customer: Customer = { id: 'acme', displayName: 'Acme', profiles: ['p1', 'p2'], database, timeZone: 'UTC' };
  const { days } = await classifyScope(ctx, scopeOf(customer, '2026-02-10', '2026-02-11'));
  const answer = await ctx.admin.client.query({ query: independent(database), format: 'JSONEachRow' });
  const [row = {}] = await answer.json<Record<string, string>>();
  const found = Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value)]));
  const { flags, settling, ...counts } = sumCounts(days.map(countsOf));
  expect({
    ...counts,
    wrong_agent: flags.wrongAgent,
    wrong_use_case: flags.wrongUseCase,
    wrong_end_hour: flags.wrongEndHour,
    wrong_customer: flags.wrongCustomer,
  }).toEqual(found);
  expect(settling).toBe(0);
  expect(Math.min(...Object.values(found))).toBeGreaterThan(100);
});
