import { afterAll, beforeAll, expect, it } from 'vitest';
import { instantIn } from '@/components/ui/format';
import { addCustomer } from '@/lib/customers/add-customer';
import { checkCustomer } from '@/lib/customers/check-customer';
import type { Customer } from '@/lib/customers/model';
import { lookForWork } from '@/lib/detection/schedule/look-for-work';
import { overview } from '@/lib/detection/view/overview';
import { type TestContext, testContext } from '../../support/context';
import { incidentOf, operator } from '../../support/repair';

let ctx: TestContext;
let right: Customer;
beforeAll(async () => {
  ctx = await testContext();
  right = await incidentOf(ctx);
});
afterAll(() => ctx?.close());

it.each([
  ['europe/berlin', 'Europe/Berlin'],
  ['US/PACIFIC', 'US/Pacific'],
  ['utc', 'UTC'],
])('the zone %s of a new customer is kept as ClickHouse spells it: %s', async (timeZone, spelled) => {
  const added = await addCustomer(ctx, { ...right, id: `zone-${timeZone.replace('/', '-')}`, timeZone }, operator);
  expect(added.timeZone).toBe(spelled);
});

it.each(['US/Pacific-New', 'Mars/Phobos', 'SystemV/PST8PDT', '+01:00'])(
  'the zone %s of a new customer is refused in a sentence',
  async (timeZone) => {
    await expect(addCustomer(ctx, { ...right, id: 'never', timeZone }, operator)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/zone/),
      fields: { timeZone: expect.stringContaining('America/Los_Angeles') },
    });
  },
);

it.each([
  ['Mars/Phobos', 'ClickHouse does not know the time zone “Mars/Phobos”'],
  ['US/Pacific-New', 'ClickHouse does not know the time zone “US/Pacific-New”'],
  [
    'europe/berlin',
    'ClickHouse spells the time zone “europe/berlin” as “Europe/Berlin” and accepts no other spelling.',
  ],
])('a registered customer in %s has its sentence, and no list fails for all', async (timeZone, sentence) => {
  const id = `old-${timeZone.replace('/', '-')}`;
  await addCustomer(ctx, { ...right, id }, operator);
  await ctx.db.pool.query('UPDATE customers SET time_zone = $2 WHERE id = $1', [id, timeZone]);
  expect(await checkCustomer(ctx, id)).toContainEqual({
    id: 'time-zone',
    verdict: 'fail',
    sentence: expect.stringContaining(sentence),
  });
  expect((await overview(ctx)).data?.customers.map((row) => row.customerId)).toEqual(
    expect.arrayContaining([id, right.id]),
  );
  expect(instantIn(0, timeZone).day).toMatch(/^19(69|70)/);
  const [found] = await lookForWork(
    ctx,
    [{ customer: { ...right, id, timeZone }, watchedTo: null }],
    new AbortController().signal,
  );
  expect(['scan', 'unreadable']).toContain(found?.outcome);
});
