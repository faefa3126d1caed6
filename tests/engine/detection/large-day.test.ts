import { afterAll, beforeAll, expect, it } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import type { Customer } from '@/lib/customers/model';
import { listConversations } from '@/lib/detection/view/list-conversations';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase, freshName } from '@/tests/support/fresh';
import { operator } from '@/tests/support/repair';
import type { Row } from './oracle';
import { writeRows } from './tables';

const day = '2026-02-10';
let ctx: TestContext;

const rowOf =
  (customer: Customer) =>
  (id: string, at: number, more: Partial<Row> = {}): Row => ({
    id,
    customer: customer.id,
    profile: 'p1',
    agent: 'ann',
    useCase: 'sales',
    startMs: at,
    endMs: at + 60_000,
    versionMs: at + 3_600_000,
    ...more,
  });

beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());

/**
 * Seven days of conversations; on the day itself one stale label, and one conversation whose label is on another day.
 */
async function makeCustomer(): Promise<Customer> {
  const id = freshName('acme').replaceAll('_', '-');
  const customer = { id, displayName: 'Acme', profiles: ['p1'], database: await freshDatabase(), timeZone: 'UTC' };
  await addCustomer(ctx, customer, operator);
  const row = rowOf(customer);
  const at = (offset: number) => Date.parse(`${day}T10:00:00Z`) + offset * 86_400_000;
  const days = [-3, -2, -1, 0, 1, 2, 3].flatMap((offset) =>
    Array.from({ length: 40 }, (_, number) => row(`d${offset}-${number}`, at(offset))),
  );
  await writeRows(ctx.admin, customer.database, 'truth', [
    ...days,
    row('stale', at(0), { agent: 'bob' }),
    row('elsewhere', at(0)),
  ]);
  await writeRows(ctx.admin, customer.database, 'labels', [
    ...days,
    row('stale', at(0)),
    row('stale', at(20), { useCase: 'care' }),
    row('elsewhere', at(2), { endMs: at(0) + 60_000 }),
  ]);
  return customer;
}

/** A page of the day under a limit of rows; the day itself has 83 on both sides, the weeks around it 400 and more. */
async function pageUnder(quickRowsMax: number) {
  const { id } = await makeCustomer();
  const config = { ...ctx.config, detection: { ...ctx.config.detection, quickRowsMax } };
  return listConversations({ ...ctx, config }, { customerId: id, day });
}

it('a day of any size shows its conversations with evidence, and says what a limit kept from being looked at', async () => {
  const whole = await pageUnder(2_000_000);
  expect(whole.notLookedAt).toEqual([]);
  expect(whole.rows.map((one) => [one.conversationId, one.class, one.labels.length])).toEqual([
    ['stale', 'affected', 2],
  ]);

  const small = await pageUnder(1);
  expect(small.rows.map((one) => one.conversationId)).toEqual(['elsewhere', 'stale']);
  expect(small.total).toBe(2);
  const stale = small.rows.find((one) => one.conversationId === 'stale');
  expect(stale).toMatchObject({ truth: { agent: 'bob' }, labels: [{ agent: 'ann' }] });
  expect(small.notLookedAt).toEqual([
    expect.stringContaining('"missing" and "orphan" are not settled here'),
    expect.stringContaining('start on other days are not shown'),
  ]);
});
