import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { pgStatement } from '@/lib/postgres/statement';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());

const databases = statement({
  name: 'test.databases',
  text: 'SELECT name, sorting_key FROM system.tables WHERE database = {database:String} ORDER BY name',
  params: z.object({ database: z.string() }),
  row: z.object({ name: z.string(), sorting_key: z.string() }),
});

it('a fresh database holds truth and labels, each local and Distributed, under the label key asked for', async () => {
  const database = await freshDatabase({ labelKey: 'conversation only' });
  const { rows } = await ctx.clickhouse.read(databases, { params: { database } });
  expect(rows.map((row) => row.name)).toEqual([
    'conversation',
    'conversation_d',
    'conversation_with_labels',
    'conversation_with_labels_d',
  ]);
  expect(rows[2]?.sorting_key).toBe('conversation_id, customer_id, profile_id');
});

it('a test context has a migrated database and a queue of its own', async () => {
  const other = await testContext();
  const insert = pgStatement({
    name: 'test.customer',
    text: `INSERT INTO customers (id, display_name, database_name, time_zone) VALUES ('a', 'A', 'a', 'UTC')`,
    row: z.never(),
  });
  await ctx.db.query(insert);
  await other.db.query(insert);
  const queue = await ctx.queue();
  await queue.createQueue('tests');
  expect(await queue.send('tests', {})).toEqual(expect.any(String));
  await other.close();
});
