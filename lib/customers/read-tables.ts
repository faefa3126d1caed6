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

/**
 * Where a customer's truth and labels are and how they are keyed, read from the catalogue at each call (two round
 * trips). Throws AppError('not_found') when a table is not there and AppError('refused') with one sentence that names
 * the table and the column when it cannot be used.
 */
export async function readTables(
  { clickhouse, config }: { clickhouse: ClickHouse; config: Config },
  customer: Pick<Customer, 'database'>,
): Promise<CustomerTables> {
  const { truth, labels } = config.clickhouse.tables;
  const named = [truth, labels].map((table) => ({ database: customer.database, table }));
  const tops = await findTables(clickhouse, named);
  const targets = tops.map((top) => (top.engine === 'Distributed' ? distributedTarget(top.engineFull) : null));
  const locals = await findTables(
    clickhouse,
    tops.map((top, at) => targets[at]?.local ?? { database: top.database, table: top.table }),
  );
  const facts = tops.map((top, at) => factsOf(top, locals[at] as Found));
  const [truthFacts, labelFacts] = facts as [TableFacts, TableFacts];
  const labelTable = locals[1] as Found;
  const key = splitExpressions(labelTable.sortingKey);
  const bad = key.find((expression) => !isPlainExpression(expression));
  if (key.length === 0 || bad !== undefined)
    throw new AppError('refused', `The sorting key of ${idOf(labelFacts.local)} is not understood: "${bad ?? ''}".`);
  const keyColumns = columnsIn(labelTable.sortingKey, Object.keys(labelTable.columns));
  if (!keyColumns.includes('conversation_id'))
    throw new AppError(
      'refused',
      `The sorting key of ${idOf(labelFacts.local)} has no conversation_id, so the engine would merge labels of different conversations.`,
    );
  return {
    cluster: config.clickhouse.cluster,
    readCluster: targets[1]?.cluster ?? null,
    truth: truthFacts,
    labels: {
      ...labelFacts,
      key,
      keyText: `(${key.join(', ')})`,
      keyIsMutable: keyColumns.some((column) => !fixedColumns.includes(column)),
      partitionKey: labelTable.partitionKey,
    },
  };
}

/** The tables in the order asked. */
async function findTables(clickhouse: ClickHouse, names: TableName[]): Promise<Found[]> {
  const params = { databases: names.map((name) => name.database), tables: names.map((name) => name.table) };
  const [tables, columns] = await Promise.all([
    clickhouse.read(selectTables, { params, names: undefined }),
    clickhouse.read(selectColumns, { params, names: undefined }),
  ]);
  return names.map((name) => {
    const table = tables.rows.find((row) => idOf(row) === idOf(name));
    if (!table) throw new AppError('not_found', `ClickHouse has no table ${idOf(name)}.`);
    const own = columns.rows.filter((row) => idOf(row) === idOf(name));
    return { ...table, columns: Object.fromEntries(own.map((column) => [column.name, column.type])) };
  });
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
  };
}

function checkColumn(table: Found, column: string, fits: (type: string) => boolean, kind: string): void {
  const type = table.columns[column];
  if (type === undefined) throw new AppError('refused', `${idOf(table)} has no column ${column}, which is needed.`);
  if (!fits(type)) throw new AppError('refused', `${idOf(table)}.${column} is ${type}; ${kind} is needed.`);
}
