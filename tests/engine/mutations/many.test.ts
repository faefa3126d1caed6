import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookForBackups } from '@/lib/backfill/backups/list-backups';
import { addCustomer } from '@/lib/customers/add-customer';
import { lookAtCluster } from '@/lib/holds/look-at-cluster';
import { seeMutationsOf } from '@/lib/label-store/unfinished-mutations';
import { labelTables } from '@/lib/mutations/label-tables';
import { listMutations } from '@/lib/mutations/list-mutations';
import { sampleMutations } from '@/lib/mutations/sample-mutations';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshName } from '@/tests/support/fresh';
import { label, labelTable } from '@/tests/support/labels';
import { operator } from '@/tests/support/repair';

/** More names than one statement takes: 1,200 of 200 characters are 240 kB. */
const others = 1_200;
let ctx: TestContext;
const id = freshName('real');

beforeAll(async () => {
  ctx = await testContext();
  const table = await labelTable(ctx);
  await table.insert([label({ customer_id: id })]);
  const { database } = table.scope;
  await addCustomer(ctx, { id, displayName: id, profiles: ['main'], database, timeZone: 'UTC' }, operator);
  await ctx.db.pool.query(
    `INSERT INTO customers (id, display_name, database_name, time_zone)
     SELECT 'other-' || n, 'Other ' || n, rpad('lost_' || n || '_', 200, 'x'), 'UTC' FROM generate_series(1, $1) n`,
    [others],
  );
  await ctx.db.pool.query(
    "INSERT INTO customer_profiles (customer_id, profile_id) SELECT id, 'main' FROM customers WHERE id LIKE 'other-%'",
  );
  await table.run(
    `ALTER TABLE $labels UPDATE usecase_id = 'y' WHERE throwIf(1, 'no way') = 0 SETTINGS mutations_sync = 0`,
  );
});
afterAll(() => ctx?.close());

it('of very many customers whose tables are lost, each is named, and hides neither mutations nor backups of the others', async () => {
  const view = await listMutations(ctx);
  expect(view.mutations.map(({ customers }) => customers)).toEqual([[id]]);
  expect(view).toMatchObject({ tables: 1 });
  expect(view.unreadable).toHaveLength(others);
  expect(view.unreadable[0]?.sentence).toMatch(/has no table lost_\d+_x+/);
  expect(await sampleMutations(ctx)).toBe(1);
  expect((await lookForBackups(ctx)).looked).toEqual([id]);
});

it('the statements about very many label tables are as many as are needed, none too long', async () => {
  const [real] = (await labelTables(ctx)).tables;
  if (!real) throw new Error('there is no label table');
  const named = (n: number) => ({
    ...real.tables,
    labels: { ...real.tables.labels, local: { database: `lost_${n}_`.padEnd(200, 'x'), table: 'labels' } },
  });
  const many = Array.from({ length: others }, (_, n) => ({ customers: [`other-${n}`], tables: named(n) }));
  const { seen, unseen } = await seeMutationsOf(ctx, [...many, real]);
  expect(seen).toHaveLength(1);
  expect(unseen).toEqual([]);
  const looks = await Promise.all([...many, real].map((one) => lookAtCluster(ctx, one.tables)));
  expect(new Set(looks.flatMap((look) => look.unread.map(({ sentence }) => sentence)))).toEqual(new Set());
});
