import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshName } from '@/tests/support/fresh';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());

type Shape = { text?: string; optional?: string; instant?: string; version?: string; key?: string; engine?: string };

/** Both pairs of tables with other types, key or engine than the demo's. */
async function database(shape: Shape = {}, without?: string): Promise<string> {
  const name = freshName('types');
  const run = (query: string) => ctx.admin.client.command({ query });
  const { text = 'String', optional = text, instant = "DateTime64(3, 'UTC')", version = instant } = shape;
  const columns = Object.entries({
    customer_id: text,
    profile_id: text,
    conversation_id: 'String',
    agent_user_id: optional,
    usecase_id: optional,
    conversation_start_time: instant,
    conversation_end_time: instant,
    update_time: version,
  })
    .filter(([column]) => column !== without)
    .map(([column, type]) => `${column} ${type}`)
    .join(', ');
  await run(`CREATE DATABASE ${name}`);
  const key =
    shape.key ?? '(toStartOfHour(conversation_end_time), agent_user_id, conversation_id, customer_id, profile_id)';
  for (const [table, order] of [
    ['conversation', '(toDate(conversation_start_time), conversation_id, customer_id, profile_id)'],
    ['conversation_with_labels', key],
  ]) {
    await run(
      `CREATE TABLE ${name}.${table} (${columns}) ENGINE = ${shape.engine ?? 'ReplacingMergeTree(update_time)'}
       PARTITION BY toYYYYMM(conversation_start_time) ORDER BY ${order} SETTINGS allow_nullable_key = 1`,
    );
    await run(`CREATE TABLE ${name}.${table}_d AS ${name}.${table} ENGINE = Distributed('slc', '${name}', '${table}')`);
  }
  return name;
}

const customerOf = (name: string): Customer => ({
  id: 'acme',
  displayName: 'Acme',
  profiles: ['p1'],
  database: name,
  timeZone: 'UTC',
});

describe('the catalogue', () => {
  it('tells tables, key, version and whether a relabel moves the key', async () => {
    const today = await readTables(ctx, customerOf(await database()));
    expect(today).toMatchObject({
      readCluster: 'slc',
      hosts: 1,
      truth: {
        distributed: { table: 'conversation_d' },
        local: { table: 'conversation' },
        versionColumn: 'update_time',
      },
      labels: { keyIsMutable: true, partitionKey: 'toYYYYMM(conversation_start_time)' },
    });
    expect(today.labels.key).toEqual([
      'toStartOfHour(conversation_end_time)',
      'agent_user_id',
      'conversation_id',
      'customer_id',
      'profile_id',
    ]);
    const optionC = await readTables(
      ctx,
      customerOf(await database({ key: '(conversation_id, customer_id, profile_id)' })),
    );
    expect(optionC.labels.keyIsMutable).toBe(false);
    const start = '(conversation_start_time, conversation_id, customer_id, profile_id)';
    expect((await readTables(ctx, customerOf(await database({ key: start })))).labels.keyIsMutable).toBe(false);
  });

  it('a table that cannot be used is refused with a sentence that names the column', async () => {
    const refused = async (name: string) =>
      readTables(ctx, customerOf(name)).catch((error: Error & { code?: string }) => `${error.code}: ${error.message}`);
    expect(await refused(await database({}, 'usecase_id'))).toMatch(
      /^refused: .*conversation_d has no column usecase_id/,
    );
    expect(await refused(await database({ text: 'String', optional: 'UInt64' }))).toMatch(
      /^refused: .*agent_user_id is UInt64; text is needed/,
    );
    expect(await refused(await database({ engine: 'ReplacingMergeTree' }))).toMatch(/^refused: .*no version column/);
    expect(await refused(await database({ engine: 'MergeTree' }))).toMatch(/^refused: .*not a ReplacingMergeTree/);
    expect(await refused('no_such_database')).toMatch(/^not_found: ClickHouse has no table no_such_database/);
  });
});

describe.each<[string, Shape]>([
  ['plain', {}],
  ['LowCardinality and DateTime', { text: 'LowCardinality(String)', instant: 'DateTime' }],
  [
    'Nullable',
    { optional: 'Nullable(String)', instant: "DateTime64(3, 'UTC')", version: "DateTime64(6, 'America/New_York')" },
  ],
  [
    'LowCardinality of Nullable, nanoseconds',
    { optional: 'LowCardinality(Nullable(String))', version: "DateTime64(9, 'UTC')" },
  ],
  [
    'another zone and an odd key',
    {
      instant: "DateTime('Asia/Kolkata')",
      key: '(toDate(conversation_end_time), lower(agent_user_id), usecase_id, conversation_id, customer_id, profile_id)',
    },
  ],
])('tables with %s columns', (_name, shape) => {
  it('are judged like any other', async () => {
    const name = await database(shape);
    const insert = (table: string, rows: string) =>
      ctx.admin.client.command({
        query: `
          INSERT INTO ${name}.${table} (customer_id, profile_id, conversation_id, agent_user_id, usecase_id,
            conversation_start_time, conversation_end_time, update_time)
          SELECT 'acme', 'p1', r.1, r.2, 'sales', toDateTime('2026-02-10 10:00:00', 'UTC'),
            toDateTime(r.3, 'UTC'), toDateTime(r.4, 'UTC')
          FROM (SELECT arrayJoin([${rows}]) AS r)`,
        clickhouse_settings: { optimize_on_insert: 0 },
      });
    const end = '2026-02-10 10:30:00';
    await insert(
      'conversation',
      `('fresh', 'ann', '${end}', '${end}'), ('agent', 'bob', '${end}', '${end}'), ('missing', 'ann', '${end}', '${end}'),
       ('none', '', '${end}', '${end}'), ('open', 'ann', '1970-01-01 00:00:00', '${end}'), ('hour', 'ann', '${end}', '${end}')`,
    );
    await insert(
      'conversation_with_labels',
      `('fresh', 'ann', '${end}', '${end}'), ('agent', 'ann', '${end}', '${end}'), ('none', '', '${end}', '${end}'),
       ('hour', 'ann', '2026-02-10 09:59:00', '${end}'), ('orphan', 'ann', '${end}', '${end}'),
       ('fresh', 'ann', '${end}', '2026-02-10 09:00:00')`,
    );
    const { days } = await classifyScope(ctx, scopeOf(customerOf(name), '2026-02-10', '2026-02-11'));
    expect(days[0]).toMatchObject({
      conversations: 6,
      affected: 4,
      stale: 2,
      missing: 1,
      orphans: 1,
      open: 1,
      duplicates: 0,
    });
    expect(days[0]?.flags).toMatchObject({ wrongAgent: 1, wrongEndHour: 1 });
    expect(days[0]?.byAgent).toEqual([
      { key: 'ann', affected: 3, stale: 1, duplicates: 0 },
      { key: 'bob', affected: 1, stale: 1, duplicates: 0 },
    ]);
  });
});
