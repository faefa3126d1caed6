import { afterAll, beforeAll, expect, test } from 'vitest';
import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { addCustomer } from '@/lib/customers/add-customer';
import { type TestContext, testContext } from '../../support/context';
import { freshDatabase, freshName } from '../../support/fresh';
import { operator } from '../../support/repair';
import { write } from './rows';

// The same data through the joins that look right and are not: a left join shows N/A where 0 is right.
let ctx: TestContext;
let database: string;
const customer = freshName('airline');
const at = (clock: string) => `2026-02-10T${clock}:00Z`;

beforeAll(async () => {
  ctx = await testContext();
  database = await freshDatabase();
  await addCustomer(ctx, { id: customer, displayName: customer, profiles: ['p'], database, timeZone: 'UTC' }, operator);
  const closed = { start: at('00:10'), end: at('03:01') };
  await write(ctx, { database, customer, side: 'truth' }, [
    { id: 'moved', agent: 'corinne', ...closed },
    { id: 'kept', agent: 'dana', ...closed },
  ]);
  await write(ctx, { database, customer, side: 'labels' }, [
    { id: 'moved', agent: 'marcus', start: at('00:10'), end: '' },
    { id: 'kept', agent: 'dana', ...closed },
  ]);
});
afterAll(() => ctx.close());

async function joined(join: 'LEFT' | 'RIGHT' | 'FULL', useNulls: 0 | 1): Promise<unknown[][]> {
  const days = 'uniqExact(toDate(conversation_start_time))';
  const result = await ctx.clickhouse.client.query({
    query: `
      SELECT coalesce(nullIf(l.agent, ''), t.agent) AS agent, l.days AS labels, t.days AS truth
      FROM (SELECT agent_user_id AS agent, toInt32(${days}) AS days FROM ${database}.conversation_with_labels_d FINAL GROUP BY agent) AS l
      ${join} JOIN (SELECT assumeNotNull(agent_user_id) AS agent, toInt32(${days}) AS days FROM ${database}.conversation_d FINAL GROUP BY agent) AS t
        ON t.agent = l.agent
      ORDER BY agent`,
    format: 'JSONCompactEachRow',
    clickhouse_settings: { join_use_nulls: useNulls },
  });
  return result.json<unknown[]>();
}

test('a left join from the labels loses the very agent whose days are missing', async () => {
  expect(await joined('LEFT', 1)).toEqual([
    ['dana', 1, 1],
    ['marcus', 1, null],
  ]);
});

test('a left join from the truth loses the agent who has too many', async () => {
  expect(await joined('RIGHT', 1)).toEqual([
    ['corinne', null, 1],
    ['dana', 1, 1],
  ]);
});

test('a full join keeps all, but the default join_use_nulls=0 turns the missing side into 0', async () => {
  expect(await joined('FULL', 0)).toEqual([
    ['corinne', 0, 1],
    ['dana', 1, 1],
    ['marcus', 1, 0],
  ]);
  expect(await joined('FULL', 1)).toEqual([
    ['corinne', null, 1],
    ['dana', 1, 1],
    ['marcus', 1, null],
  ]);
});

test('a fresh engine joins with join_use_nulls=0, so that N/A cannot be left to a default', async () => {
  const result = await ctx.clickhouse.client.query({
    query: "SELECT value FROM system.settings WHERE name = 'join_use_nulls'",
    format: 'JSONEachRow',
  });
  expect(await result.json()).toEqual([{ value: '0' }]);
});

test('the console shows every agent once, with 0 for who has truth or labels', async () => {
  const diff = await activeDaysDiff(ctx, { customerId: customer, fromDay: '2026-02-10', toDay: '2026-02-11' });
  expect(diff.agents.map((row) => [row.agent, row.before, row.expected])).toEqual([
    ['corinne', 0, 1],
    ['marcus', 1, 0],
    ['dana', 1, 1],
  ]);
});

test('under any join_use_nulls the console answers the same, since it joins outside of SQL', async () => {
  const query = { customerId: customer, fromDay: '2026-02-10', toDay: '2026-02-11' };
  const read = ctx.clickhouse.read.bind(ctx.clickhouse);
  const answers = [];
  for (const value of [0, 1]) {
    const clickhouse = Object.create(ctx.clickhouse) as typeof ctx.clickhouse;
    clickhouse.read = (statement, args) =>
      read(statement, Object.assign({}, args, { settings: { ...args.settings, join_use_nulls: value } }));
    answers.push((await activeDaysDiff({ ...ctx, clickhouse }, query)).agents);
  }
  expect(answers[0]).toEqual(answers[1]);
});
