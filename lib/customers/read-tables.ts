import type { ClickHouse } from '@/lib/clickhouse/client';
import { quoteName, type TableName } from '@/lib/clickhouse/names';
import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import {
  columnsIn,
  distributedTarget,
  isInstant,
  isPlainExpression,
  isText,
  replacingColumns,
  splitExpressions,
} from './catalogue';
import type { Customer, CustomerTables, TableFacts } from './model';
import { type CatalogueTable, selectColumns, selectTables } from './sql/catalogue';

const textColumns = ['customer_id', 'profile_id', 'conversation_id', 'agent_user_id', 'usecase_id'];
const instantColumns = ['conversation_start_time', 'conversation_end_time'];
/** What a relabel never changes; any other column in the label key gives a changed conversation another key. */
const fixedColumns = ['customer_id', 'profile_id', 'conversation_id', 'conversation_start_time'];

type Found = CatalogueTable & { columns: Record<string, string> };
const idOf = ({ database, table }: TableName) => `${database}.${table}`;
/** As a key: a name may hold a dot itself. */
const keyOf = ({ database, table }: TableName) => JSON.stringify([database, table]);

/**
 * Where a customer's truth and labels are and how they are keyed, read from the catalogue at each call (two round
 * trips). Throws AppError('not_found') when a table is not there and AppError('refused') with one sentence that names
 * the table and the column when it cannot be used.
 */
export async function readTables(ctx: Reader, customer: Pick<Customer, 'database'>): Promise<CustomerTables> {
  const tables = (await readTablesOf(ctx, [customer.database])).get(customer.database);
  if (tables instanceof Error) throw tables;
  return tables as CustomerTables;
}

/**
 * The same for many databases at once, in the same two round trips; a database whose tables cannot be used has its
 * AppError instead of them. Throws what concerns no single database, such as AppError('unavailable').
 */
export async function readTablesOf(
  { clickhouse, config }: Reader,
  databases: readonly string[],
): Promise<Map<string, CustomerTables | AppError>> {
  const { truth, labels } = config.clickhouse.tables;
  const wanted = databases.map((database) => [truth, labels].map((table) => ({ database, table })));
  const tops = await findTables(clickhouse, wanted.flat());
  const locals = await findTables(
    clickhouse,
    [...tops.values()].map((top) => localOf(top)),
  );
  return new Map(
    databases.map((database, at): [string, CustomerTables | AppError] => {
      try {
        const pairs = (wanted[at] as TableName[]).map((name) => {
          const top = found(tops, name);
          return { top, local: found(locals, localOf(top)) };
        });
        return [database, tablesOf(config, pairs as [Pair, Pair])];
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return [database, error];
      }
    }),
  );
}

type Reader = { clickhouse: ClickHouse; config: Config };
type Pair = { top: Found; local: Found };

const targetOf = (top: CatalogueTable) => (top.engine === 'Distributed' ? distributedTarget(top.engineFull) : null);
const localOf = (top: CatalogueTable): TableName =>
  targetOf(top)?.local ?? { database: top.database, table: top.table };

function tablesOf(config: Config, [truth, labels]: [Pair, Pair]): CustomerTables {
  const [truthFacts, labelFacts] = [factsOf(truth.top, truth.local), factsOf(labels.top, labels.local)];
  const key = splitExpressions(labels.local.sortingKey);
  const bad = key.find((expression) => !isPlainExpression(expression));
  if (key.length === 0 || bad !== undefined)
    throw new AppError('refused', `The sorting key of ${idOf(labelFacts.local)} is not understood: "${bad ?? ''}".`);
  const keyColumns = columnsIn(labels.local.sortingKey, Object.keys(labels.local.columns));
  if (!keyColumns.includes('conversation_id'))
    throw new AppError(
      'refused',
      `The sorting key of ${idOf(labelFacts.local)} has no conversation_id, so the engine would merge labels of different conversations.`,
    );
  return {
    cluster: config.clickhouse.cluster,
    readCluster: targetOf(labels.top)?.cluster ?? null,
    truth: truthFacts,
    labels: {
      ...labelFacts,
      key,
      keyText: `(${key.join(', ')})`,
      keyIsMutable: keyColumns.some((column) => !fixedColumns.includes(column)),
      partitionKey: labels.local.partitionKey,
    },
  };
}

/** Those of the tables that are there, by `keyOf`. */
async function findTables(clickhouse: ClickHouse, names: TableName[]): Promise<Map<string, Found>> {
  const params = { databases: names.map((name) => name.database), tables: names.map((name) => name.table) };
  const [tables, columns] = await Promise.all([
    clickhouse.read(selectTables, { params, names: undefined }),
    clickhouse.read(selectColumns, { params, names: undefined }),
  ]);
  const all = new Map(tables.rows.map((row): [string, Found] => [keyOf(row), { ...row, columns: {} }]));
  for (const column of columns.rows) {
    const table = all.get(keyOf(column));
    if (table) table.columns[column.name] = column.type;
  }
  return all;
}

function found(tables: Map<string, Found>, name: TableName): Found {
  const table = tables.get(keyOf(name));
  if (!table) throw new AppError('not_found', `ClickHouse has no table ${idOf(name)}.`);
  return table;
}

function factsOf(distributed: Found, local: Found): TableFacts {
  for (const table of [distributed, local]) {
    for (const [columns, fits, kind] of [
      [textColumns, isText, 'text'],
      [instantColumns, isInstant, 'DateTime or DateTime64'],
    ] as const)
      for (const column of columns) checkColumn(table, column, fits, kind);
  }
  if (!local.engine.endsWith('ReplacingMergeTree'))
    throw new AppError('refused', `${idOf(local)} is a ${local.engine}, not a ReplacingMergeTree.`);
  const [versionColumn, deletedColumn] = replacingColumns(local.engineFull);
  if (versionColumn === undefined)
    throw new AppError('refused', `${idOf(local)} has no version column, so its newest rows cannot be told.`);
  if (deletedColumn !== undefined)
    throw new AppError('refused', `${idOf(local)} marks deleted rows in ${deletedColumn}, which is not supported.`);
  for (const table of [distributed, local]) checkColumn(table, versionColumn, isInstant, 'DateTime or DateTime64');
  quoteName(versionColumn);
  return {
    distributed: { database: distributed.database, table: distributed.table },
    local: { database: local.database, table: local.table },
    columns: distributed.columns,
    versionColumn,
    key: splitExpressions(local.sortingKey),
  };
}

function checkColumn(table: Found, column: string, fits: (type: string) => boolean, kind: string): void {
  const type = table.columns[column];
  if (type === undefined) throw new AppError('refused', `${idOf(table)} has no column ${column}, which is needed.`);
  if (!fits(type)) throw new AppError('refused', `${idOf(table)}.${column} is ${type}; ${kind} is needed.`);
}
