import { quoteName } from '@/lib/clickhouse/identifiers';
import { addCustomer } from '@/lib/customers/add-customer';
import type { Customer } from '@/lib/customers/model';
import type { TestContext } from './context';
import { freshName } from './fresh';
import { operator } from './repair';

type Types = Record<string, string>;

/** How the four tables of a customer are made, where that is not as in the demo. */
export type Tables = {
  /** What the name of the database begins with. */
  database?: string;
  /** The customer's; UTC when absent. */
  timeZone?: string;
  truth?: Types;
  labels?: Types;
  /**
   * More columns of the labels, as a CREATE statement writes them; `values` are what newer versions of two rows have
   * there.
   */
  extra?: string[];
  values?: Record<string, string>;
  /** From PARTITION BY on. */
  labelsTail?: string;
  truthTail?: string;
  labelsEngine?: string;
  /** Statements after the tables are made; `$db` is the database. */
  after?: string[];
  /** Statements once the rows are there; given, the tables are filled. */
  afterRows?: string[];
};

const usual: Types = {
  conversation_id: 'String',
  customer_id: 'String',
  profile_id: 'String',
  agent_user_id: 'String',
  usecase_id: 'LowCardinality(String)',
  conversation_start_time: "DateTime64(3, 'UTC')",
  conversation_end_time: "DateTime64(3, 'UTC')",
  update_time: "DateTime64(3, 'UTC')",
};
const partition = 'PARTITION BY toYYYYMM(conversation_start_time)';
export const labelKey =
  'ORDER BY (toStartOfHour(conversation_end_time), agent_user_id, conversation_id, customer_id, profile_id)';
const truthKey = 'ORDER BY (toDate(conversation_start_time), conversation_id, customer_id, profile_id)';
/** What a type needs that is not every server's default. */
const settings = {
  allow_suspicious_low_cardinality_types: 1,
  allow_suspicious_variant_types: 1,
  enable_time_time64_type: 1,
} as const;

const listed = (types: Types, more: string[] = []) =>
  [...Object.entries(types).map(([name, type]) => `\`${name}\` ${type}`), ...more].join(', ');

/** Makes the tables and registers their customer, without a row. */
export async function customerWith(ctx: TestContext, tables: Tables): Promise<Customer> {
  const database = freshName(tables.database ?? 'kind');
  const run = (query: string) => ctx.admin.client.command({ query, clickhouse_settings: settings });
  const db = quoteName(database);
  await run(`CREATE DATABASE ${db}`);
  await run(`CREATE TABLE ${db}.conversation (${listed({ ...usual, ...tables.truth })})
    ENGINE = ReplacingMergeTree(update_time) ${tables.truthTail ?? `${partition} ${truthKey}`}`);
  const labels = { ...usual, has_agent_assistance: 'UInt8', ...tables.labels };
  await run(`CREATE TABLE ${db}.conversation_with_labels (${listed(labels, tables.extra)})
    ENGINE = ${tables.labelsEngine ?? 'ReplacingMergeTree(update_time)'} ${tables.labelsTail ?? `${partition} ${labelKey}`}`);
  for (const table of ['conversation', 'conversation_with_labels'])
    await run(
      `CREATE TABLE ${db}.${table}_d AS ${db}.${table} ENGINE = Distributed('slc', ${db}, '${table}', cityHash64(conversation_id))`,
    );
  for (const statement of tables.after ?? []) await run(statement.replaceAll('$db', db));
  const id = freshName('kinds');
  const { timeZone = 'UTC' } = tables;
  return addCustomer(ctx, { id, displayName: id, profiles: ['main'], database, timeZone }, operator);
}

type Case = {
  id: string;
  truth: [agent: string | null, end: string | null];
  label?: [agent: string, end: string];
  day?: string;
  useCase?: string;
};

/** Right, stale in each way, open, unassigned, and a stale one of the day before, which no run may touch. */
const cases: Case[] = [
  { id: 'right', truth: ['ann', '10:20:00'], label: ['ann', '10:20:00'] },
  { id: 'wrong agent', truth: ['ben', '10:20:00'], label: ['ann', '10:20:00'] },
  { id: 'wrong hour', truth: ['ann', '12:30:00'], label: ['ann', '10:20:00'] },
  { id: 'wrong use case', truth: ['ann', '10:20:00'], label: ['ann', '10:20:00'], useCase: 'old' },
  { id: 'unassigned', truth: [null, '10:20:00'], label: ['ann', '10:20:00'] },
  { id: 'open', truth: ['ann', null] },
  { id: 'before', truth: ['ben', '10:20:00'], label: ['ann', '10:20:00'], day: '2026-02-09' },
];

/** Fills truth, chats and labels; `values` of `tables` go into two of the label rows. */
export async function fill(
  ctx: TestContext,
  customer: Customer,
  { values, afterRows }: Pick<Tables, 'values' | 'afterRows'> = {},
): Promise<void> {
  const insert = (table: string, rows: object[]) =>
    ctx.admin.client.insert({
      table: `${quoteName(customer.database)}.${table}`,
      // The engine behind HTTP needs them named where a DEFAULT takes an EPHEMERAL column.
      columns: Object.keys(rows[0] ?? {}) as [string, ...string[]],
      values: rows,
      format: 'JSONEachRow',
      clickhouse_settings: { date_time_input_format: 'best_effort' },
    });
  const rows = cases.map(({ id, truth: [agent, end], label, day = '2026-02-10', useCase = 'billing' }) => ({
    label: label && [label[0], `${day}T${label[1]}Z`, useCase],
    row: {
      conversation_id: id,
      customer_id: customer.id,
      profile_id: 'main',
      agent_user_id: agent,
      usecase_id: 'billing',
      conversation_start_time: `${day}T10:00:00Z`,
      conversation_end_time: end && `${day}T${end}Z`,
      update_time: `${day}T13:00:00Z`,
    },
  }));
  await insert(
    'conversation',
    rows.map(({ row }) => row),
  );
  await insert(
    'conversation_with_labels',
    rows.flatMap(({ row, label }) =>
      label
        ? [
            {
              ...row,
              agent_user_id: label[0],
              conversation_end_time: label[1],
              usecase_id: label[2],
              has_agent_assistance: 1,
            },
          ]
        : [],
    ),
  );
  if (values) {
    const columns = Object.keys({ ...usual, has_agent_assistance: '' });
    const newer = columns.map((name) => (name === 'update_time' ? 'update_time + INTERVAL 1 SECOND' : name));
    const labels = `${quoteName(customer.database)}.conversation_with_labels`;
    await ctx.admin.client.command({
      query: `INSERT INTO ${labels} (${[...columns, ...Object.keys(values)].join(', ')})
        SELECT ${[...newer, ...Object.values(values)].join(', ')} FROM ${labels} WHERE conversation_id IN ('right', 'before')`,
    });
  }
  for (const { row } of rows)
    await ctx.chats.pool.query('INSERT INTO chats VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
      row.conversation_id,
      customer.id,
      'main',
      row.agent_user_id,
      'billing',
      'chat',
      row.conversation_start_time,
      row.conversation_end_time,
      row.update_time,
    ]);
  for (const statement of afterRows ?? [])
    await ctx.admin.client.command({ query: statement.replaceAll('$db', quoteName(customer.database)) });
}

/** RowBinary writes a JSON's paths as they lie in a part, which a merge may change; its value is these two. */
const bytesOf = ({ name, type }: { name: string; type: string }) =>
  type.startsWith('JSON')
    ? `formatRow('JSONCompactEachRow', ${quoteName(name)}), JSONAllPathsWithTypes(${quoteName(name)})`
    : quoteName(name);

/** Every label row as the bytes of all its stored columns, by conversation and label key. */
export async function labelBytes(ctx: TestContext, { database }: Customer, where = '1'): Promise<string[]> {
  const ask = async <Row>(query: string) =>
    (await ctx.admin.client.query({ query, query_params: { database }, format: 'JSONEachRow' })).json<Row>();
  const columns = await ask<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE database = {database:String} AND table = 'conversation_with_labels' AND default_kind NOT IN ('ALIAS', 'EPHEMERAL') ORDER BY name`,
  );
  const rows = await ask<{ row: string }>(
    `SELECT concat(conversation_id, ' ', hex(formatRow('RowBinary', ${columns.map(bytesOf).join(', ')}))) AS row
     FROM ${quoteName(database)}.conversation_with_labels FINAL WHERE ${where}`,
  );
  return rows.map(({ row }) => row).sort();
}
