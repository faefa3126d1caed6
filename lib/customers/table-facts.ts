import { quoteName, type TableName, tableText } from '@/lib/clickhouse/identifiers';
import { AppError } from '@/lib/errors';
import {
  columnsIn,
  constraintsOf,
  isChanging,
  isInstant,
  isPlainExpression,
  isText,
  plainType,
  replacingColumns,
  splitExpressions,
} from './catalogue';
import type { LabelFacts, TableFacts } from './model';
import type { CatalogueTable, columnKinds } from './sql/catalogue';

const textColumns = ['customer_id', 'profile_id', 'conversation_id', 'agent_user_id', 'usecase_id'];
const instantColumns = ['conversation_start_time', 'conversation_end_time'];
/**
 * Columns that a relabel never changes. If the label key has any other column, a changed conversation gets another key.
 */
const fixedColumns = ['customer_id', 'profile_id', 'conversation_id', 'conversation_start_time'];
/** The prefix of the console's own columns, in backups and in statements. */
const reservedPrefix = 'slc_';

type FoundColumn = { name: string; type: string; kind: (typeof columnKinds)[number]; expression: string };
export type FoundTable = CatalogueTable & { columns: FoundColumn[] };

const refuse = (sentence: string) => new AppError('refused', sentence);

/** `clusterAllReplicas` splits a name at its dot even if the name is quoted. */
export function refuseDottedNames(local: TableName): void {
  if (!local.database.includes('.') && !local.table.includes('.')) return;
  throw refuse(
    `The local table \`${local.database}\`.\`${local.table}\` has a dot in its name, which ClickHouse cannot read across a cluster (clusterAllReplicas splits it). Rename it without one.`,
  );
}

/** The facts about the truth table. Throws AppError('refused') with a sentence that names the column at fault. */
export function truthFactsOf(top: FoundTable, local: FoundTable): TableFacts {
  const versionColumn = checkNeeded(top, local);
  for (const name of [...textColumns, ...instantColumns, versionColumn]) {
    const [read, stored] = [columnOf(top, name), columnOf(local, name)];
    for (const [table, column] of [
      [top, read],
      [local, stored],
    ] as const)
      if (column?.kind === 'EPHEMERAL') throw refuse(`${tableText(table)}.${name} is EPHEMERAL, so it cannot be read.`);
    if (read && stored && plainType(read.type) !== plainType(stored.type))
      throw refuse(
        `${tableText(local)}.${name} is ${stored.type}, but ${tableText(top)}.${name} is ${read.type}. Make them the same.`,
      );
  }
  const columns = typesOf(top.columns.filter(({ kind }) => kind !== 'EPHEMERAL'));
  const { sortingKey, partitionKey } = local;
  return {
    distributed: nameOf(top),
    local: nameOf(local),
    columns,
    versionColumn,
    key: splitExpressions(sortingKey),
    partitionKey,
  };
}

/** The facts about the label table. Each stored column must be readable and writable through the Distributed table. */
export function labelFactsOf(top: FoundTable, local: FoundTable): LabelFacts {
  const versionColumn = checkNeeded(top, local);
  for (const table of [top, local])
    for (const name of [...textColumns, ...instantColumns, versionColumn]) {
      const kind = columnOf(table, name)?.kind ?? '';
      if (kind !== '' && kind !== 'DEFAULT')
        throw refuse(`${tableText(table)}.${name} is ${kind}, and a relabel has to write it.`);
    }
  const stored = local.columns.filter(isStored);
  compareColumns(top, local);
  const reserved = stored.find(({ name }) => name.startsWith(reservedPrefix));
  if (reserved)
    throw refuse(
      `${tableText(local)} has a column ${reserved.name}; names that begin with ${reservedPrefix} are reserved for the console. Rename it.`,
    );
  for (const { name } of stored) quoteName(name);
  const key = splitExpressions(local.sortingKey);
  const bad = key.find((expression) => !isPlainExpression(expression));
  if (key.length === 0 || bad !== undefined)
    throw refuse(`The sorting key of ${tableText(local)} could not be parsed: "${bad ?? ''}".`);
  const keyColumns = columnsIn(
    local.sortingKey,
    local.columns.map(({ name }) => name),
  );
  if (!keyColumns.includes('conversation_id'))
    throw refuse(
      `The sorting key of ${tableText(local)} has no conversation_id, so the engine would merge labels of different conversations.`,
    );
  return {
    distributed: nameOf(top),
    local: nameOf(local),
    columns: typesOf(stored),
    versionColumn,
    key,
    keyText: `(${key.join(', ')})`,
    keyIsMutable: keyColumns.some((column) => !fixedColumns.includes(column)),
    partitionKey: local.partitionKey,
    materialized: stored.filter(({ kind }) => kind === 'MATERIALIZED').map(({ name }) => name),
    defaulted: stored.filter(({ kind }) => kind === 'DEFAULT').map(({ name }) => name),
    changing: stored.filter(({ expression }) => isChanging(expression)).map(({ name }) => name),
    constraints: constraintsOf(local.createQuery),
  };
}

/**
 * A column that the Distributed table lacks, or has with another type, would be lost, since a backup reads and an undo
 * writes through that table. If one table computes a column that the other stores as written, an INSERT differs in
 * both.
 */
function compareColumns(top: FoundTable, local: FoundTable): void {
  const faults: string[] = [];
  for (const column of local.columns.filter(isStored)) {
    const other = columnOf(top, column.name);
    if (!other || !isStored(other))
      faults.push(`${column.name} is in ${tableText(local)} and not stored in ${tableText(top)}`);
    else if (other.type !== column.type)
      faults.push(`${column.name} is ${column.type} in ${tableText(local)} and ${other.type} in ${tableText(top)}`);
    else if ((other.kind === 'MATERIALIZED') !== (column.kind === 'MATERIALIZED'))
      faults.push(
        `${column.name} is MATERIALIZED in ${tableText(other.kind === 'MATERIALIZED' ? top : local)} and not in ${tableText(other.kind === 'MATERIALIZED' ? local : top)}`,
      );
  }
  for (const column of top.columns.filter(isStored)) {
    const other = columnOf(local, column.name);
    if (!other || !isStored(other))
      faults.push(`${column.name} is in ${tableText(top)} and not stored in ${tableText(local)}`);
  }
  if (faults.length > 0)
    throw refuse(
      `The columns of the labels differ, so a backup could not hold them all: ${faults.join('; ')}. Make both tables the same.`,
    );
}

/** Checks what both tables must have, and returns the version column. */
function checkNeeded(top: FoundTable, local: FoundTable): string {
  for (const table of [top, local])
    for (const [columns, fits, kind] of [
      [textColumns, isText, 'text'],
      [instantColumns, isInstant, 'DateTime or DateTime64'],
    ] as const)
      for (const column of columns) checkColumn(table, column, fits, kind);
  if (!local.engine.endsWith('ReplacingMergeTree'))
    throw refuse(`${tableText(local)} is a ${local.engine}, not a ReplacingMergeTree.`);
  const [versionColumn, deletedColumn] = replacingColumns(local.engineFull);
  if (versionColumn === undefined)
    throw refuse(`${tableText(local)} has no version column, so its newest rows cannot be determined.`);
  if (deletedColumn !== undefined)
    throw refuse(`${tableText(local)} marks deleted rows in ${deletedColumn}, which is not supported.`);
  for (const table of [top, local]) checkColumn(table, versionColumn, isInstant, 'DateTime or DateTime64');
  quoteName(versionColumn);
  return versionColumn;
}

function checkColumn(table: FoundTable, name: string, fits: (type: string) => boolean, kind: string): void {
  const column = columnOf(table, name);
  if (!column) throw refuse(`${tableText(table)} has no column ${name}, which is needed.`);
  if (!fits(column.type)) throw refuse(`${tableText(table)}.${name} is ${column.type}; ${kind} is needed.`);
}

const isStored = ({ kind }: FoundColumn) => kind !== 'ALIAS' && kind !== 'EPHEMERAL';
const columnOf = (table: FoundTable, name: string) => table.columns.find((column) => column.name === name);
const typesOf = (columns: FoundColumn[]) => Object.fromEntries(columns.map(({ name, type }) => [name, type]));
const nameOf = ({ database, table }: TableName): TableName => ({ database, table });
