import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { addCustomer } from '@/lib/customers/add-customer';
import { checkCustomer } from '@/lib/customers/check-customer';
import { discoverDatabases } from '@/lib/customers/discover-databases';
import { getCustomer } from '@/lib/customers/get-customer';
import { listCustomers } from '@/lib/customers/list-customers';
import { selectColumns, selectTables } from '@/lib/customers/sql/catalogue';
import { type TestContext, testContext } from '../../support/context';
import { freshDatabase, freshName } from '../../support/fresh';
import { operator } from '../../support/repair';

let ctx: TestContext;
let database: string;

beforeAll(async () => {
  ctx = await testContext();
  database = await freshDatabase();
});
afterAll(() => ctx.close());

const input = (more: object = {}) => ({
  id: freshName('airline'),
  displayName: 'An Airline',
  profiles: ['web', 'phone', 'web'],
  database,
  timeZone: 'America/Los_Angeles',
  ...more,
});

async function insert(table: string, customer: string, profile: string): Promise<void> {
  await ctx.admin.client.insert({
    table: `${database}.${table}`,
    format: 'JSONEachRow',
    values: [
      {
        customer_id: customer,
        profile_id: profile,
        conversation_id: freshName('c'),
        conversation_start_time: '2026-02-10 00:00:00',
        conversation_end_time: '2026-02-10 00:10:00',
      },
    ],
  });
}

test('a look-up in the catalogue reads the rows of the asked database, however many tables the server has', async () => {
  const params = { databases: [database], tables: ['conversation'] };
  const tables = await ctx.clickhouse.read(selectTables, { params });
  const columns = await ctx.clickhouse.read(selectColumns, { params });
  expect(tables.rowsRead).toBeLessThan(10);
  expect(columns.rowsRead).toBeLessThan(100);
});

describe('adding', () => {
  test('registers a customer with its profiles once each, and leaves one line in the audit', async () => {
    const added = await addCustomer(ctx, input(), operator);
    expect(added.profiles).toEqual(['phone', 'web']);
    expect(await getCustomer(ctx, added.id)).toMatchObject({ ...added, state: 'active', version: 1 });
    expect((await listCustomers(ctx)).map((one) => one.id)).toContain(added.id);
    const audit = await listAudit(ctx, { customerId: added.id });
    expect(audit).toMatchObject([{ action: 'customer.add', actor: operator.name, subject: 'An Airline' }]);
  });

  test('refuses an id that is taken, and leaves no audit of the attempt', async () => {
    const first = await addCustomer(ctx, input(), operator);
    await expect(addCustomer(ctx, input({ id: first.id }), operator)).rejects.toMatchObject({
      code: 'conflict',
      fields: { id: 'taken' },
    });
    expect(await listAudit(ctx, { customerId: first.id })).toHaveLength(1);
  });

  test('refuses a database without both tables, and leaves nothing', async () => {
    const half = await freshDatabase();
    await ctx.admin.client.command({ query: `DROP TABLE ${half}.conversation_with_labels_d SYNC` });
    for (const lacking of [half, freshName('missing'), 'default']) {
      const refused = input({ database: lacking });
      await expect(addCustomer(ctx, refused, operator)).rejects.toMatchObject({
        code: 'invalid_input',
        fields: { database: expect.stringContaining(lacking) },
      });
      expect((await listCustomers(ctx)).map((one) => one.id)).not.toContain(refused.id);
    }
  });

  test('refuses an id that is taken for a registered one, by its name', async () => {
    const id = `Al0_${freshName('x')}`;
    await addCustomer(ctx, input({ id }), operator);
    const alike = [
      id.toLowerCase(),
      id.replace('l', 'I'),
      id.replace('l', '1'),
      id.replace('0', 'O'),
      id.replace('_', '-'),
    ];
    for (const other of alike)
      await expect(addCustomer(ctx, input({ id: other }), operator)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(`looks like "${id}"`),
      });
    await addCustomer(ctx, input({ id: `${id}s` }), operator);
  });

  test('keeps aliases once each, and refuses one that would mean two customers', async () => {
    const name = freshName('carrier').replaceAll('_', ' ');
    const one = await addCustomer(
      ctx,
      input({ displayName: `${name} One`, aliases: [`  ${name}   Ltd.`, `${name} LTD`, 'Ç1 '] }),
      operator,
    );
    expect((await getCustomer(ctx, one.id)).aliases).toEqual([`${name} LTD`, 'Ç1']);
    for (const taken of [
      { aliases: ['c1'] },
      { aliases: [`${name.toUpperCase()} one`] },
      { aliases: [one.id] },
      { displayName: `${name}, ltd` },
    ])
      await expect(addCustomer(ctx, input(taken), operator), JSON.stringify(taken)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(`already means the customer "${one.id}"`),
      });
    await addCustomer(ctx, input({ displayName: `${name} One` }), operator);
  });

  test.each([
    ['id', { id: 'аlaska-air' }],
    ['id', { id: 'alaska\u200bair' }],
    ['displayName', { displayName: 'Аlaska' }],
    ['displayName', { displayName: 'Alaska\u202eriA' }],
    ['displayName', { displayName: 'Alaska\u00ad Air' }],
    ['displayName', { displayName: '\u3164' }],
    ['database', { database: 'system' }],
    ['database', { database: 'INFORMATION_SCHEMA' }],
    ['id', { id: '' }],
    ['id', { id: "x'; DROP" }],
    ['timeZone', { timeZone: 'Mars/Olympus' }],
    ['database', { database: 'a\0b' }],
    ['profiles', { profiles: [] }],
    ['aliases.0', { aliases: ['12'] }],
    ['aliases.1', { aliases: ['Alaska', 'A'] }],
    ['aliases', { aliases: Array.from({ length: 21 }, (_, at) => `name ${at}`) }],
  ])('names the field at fault: %s %j', async (field, more) => {
    await expect(addCustomer(ctx, input(more), operator)).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { [field]: expect.any(String) },
    });
  });
});

test('a customer that is not registered is said so by name', async () => {
  await expect(getCustomer(ctx, 'nobody')).rejects.toThrow('There is no customer "nobody" in the registry.');
});

describe('checking', () => {
  test('passes a customer whose tables and profiles are as registered', async () => {
    const { id } = await addCustomer(ctx, input({ profiles: ['web'] }), operator);
    await insert('conversation', id, 'web');
    expect((await checkCustomer(ctx, id)).map((check) => [check.id, check.verdict])).toEqual([
      ['way', 'pass'],
      ['tables', 'pass'],
      ['profiles', 'pass'],
      ['data', 'pass'],
      ['ends', 'pass'],
    ]);
  });

  test('fails a profile that only the labels have and nobody registered', async () => {
    const { id } = await addCustomer(ctx, input({ profiles: ['web'] }), operator);
    await insert('conversation', id, 'web');
    await insert('conversation_with_labels', id, 'kiosk');
    expect(await checkCustomer(ctx, id)).toContainEqual({
      id: 'profiles',
      verdict: 'fail',
      sentence: 'The data has profiles that are not registered: kiosk.',
    });
  });

  test('does not pass a registered profile without data', async () => {
    const { id } = await addCustomer(ctx, input({ profiles: ['web'] }), operator);
    expect(await checkCustomer(ctx, id)).toContainEqual({
      id: 'data',
      verdict: 'unknown',
      sentence: 'No data was found for: web.',
    });
  });

  test('fails a database without the tables, and a table without a needed column, by name', async () => {
    const dropped = await freshDatabase();
    const bare = await addCustomer(ctx, input({ database: dropped }), operator);
    await ctx.admin.client.command({ query: `DROP DATABASE ${dropped} SYNC` });
    expect(await checkCustomer(ctx, bare.id)).toMatchObject([{ id: 'tables', verdict: 'fail' }]);
    const lacking = await freshDatabase();
    for (const table of ['conversation_with_labels', 'conversation_with_labels_d'])
      await ctx.admin.client.command({ query: `ALTER TABLE ${lacking}.${table} DROP COLUMN usecase_id` });
    const { id } = await addCustomer(ctx, input({ database: lacking }), operator);
    const [check] = await checkCustomer(ctx, id);
    expect(check).toMatchObject({ verdict: 'fail', sentence: expect.stringContaining('usecase_id') });
  });
});

test('discovery finds each database that holds both tables, who is in it, and who is registered on it', async () => {
  const found = await freshDatabase();
  const half = await freshDatabase();
  const odd = freshName('no-truth');
  for (const query of [
    `CREATE DATABASE \`${odd}\``,
    ...['conversation_d', 'conversation_with_labels_d'].map(
      (table) => `CREATE TABLE \`${odd}\`.${table} (n UInt8) ENGINE = Memory`,
    ),
  ])
    await ctx.admin.client.command({ query });
  await ctx.admin.client.command({ query: `DROP TABLE ${half}.conversation_with_labels_d SYNC` });
  const registered = await addCustomer(ctx, input({ database: found }), operator);
  const own = database;
  database = found;
  await insert('conversation', 'delta', 'web');
  await insert('conversation', 'delta', 'web');
  await insert('conversation', 'united', 'phone');
  database = own;
  const databases = await discoverDatabases(ctx);
  expect(databases.find((one) => one.database === found)).toEqual({
    database: found,
    customers: [
      { customerId: 'delta', profiles: ['web'], conversations: 2 },
      { customerId: 'united', profiles: ['phone'], conversations: 1 },
    ],
    registeredAs: [registered.id],
  });
  expect(databases.some((one) => one.database === half)).toBe(false);
  expect(databases.find((one) => one.database === odd)).toMatchObject({ customers: [] });
});
