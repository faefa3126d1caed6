import { afterAll, beforeAll } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { operator } from '@/tests/support/repair';

/** A worker's context with one customer, for tests of the jobs of queues. */
export let ctx: TestContext;

/** Makes it before the tests of a file. */
export function workForOneCustomer(): void {
  beforeAll(async () => {
    ctx = await testContext({ process: 'worker' });
    const database = await freshDatabase();
    await addCustomer(ctx, { id: 'acme', displayName: 'Acme', profiles: ['p1'], database, timeZone: 'UTC' }, operator);
  });
  afterAll(async () => {
    await ctx?.close();
  });
}

export const sql = async (text: string, values: unknown[] = []) => (await ctx.db.pool.query(text, values)).rows;

/** The open jobs of a queue. */
export const jobsOf = (name: string) =>
  sql("SELECT id, data, state FROM pgboss.job WHERE name = $1 AND state IN ('created', 'retry', 'active')", [name]);
