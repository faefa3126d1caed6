import { readInBatches } from '@/lib/clickhouse/batches';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { type TableName, tableText } from '@/lib/clickhouse/identifiers';
import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import { distributedTarget, withMacros } from './catalogue';
import { type ClusterHost, changeCluster, defaultDatabase, hostsOf } from './cluster';
import type { Customer, CustomerTables } from './model';
import { selectClusters, selectColumns, selectMacros, selectTables } from './sql/catalogue';
import { type FoundTable, labelFactsOf, refuseDottedNames, truthFactsOf } from './table-facts';

type Reader = { clickhouse: ClickHouse; config: Config };

/**
 * The tables of a customer's truth and labels and their keys, read from the catalogue at each call (two round trips).
 * Throws AppError('not_found') if a table does not exist, and AppError('refused') with a sentence that names table and
 * column if a table cannot be used.
 */
export async function readTables(ctx: Reader, customer: Pick<Customer, 'database'>): Promise<CustomerTables> {
  const found = (await readTablesOf(ctx, [customer.database])).get(customer.database);
  if (found instanceof AppError) throw found;
  if (!found) throw new Error(`nothing was found out about ${customer.database}`);
  return found;
}

/**
 * The same as `readTables` for many databases, with two round trips for each 500. A database whose tables cannot be used
 * or read gets its AppError instead. `signal` can stop it between two statements. Throws only what does not concern a
 * single database, such as AppError('unavailable').
 */
export async function readTablesOf(
  ctx: Reader,
  databases: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, CustomerTables | AppError>> {
  const { truth, labels } = ctx.config.clickhouse.tables;
  const nameOf = (database: string) => `${database} ${truth} ${database} ${labels}`;
  const { found, failed } = await readInBatches({ items: databases, nameOf, signal }, (batch) => readSome(ctx, batch));
  return new Map([...found, ...failed.map(({ item, error }) => [item, unreadable(item, error)] as const)]);
}

/** Anything but an AppError is a defect, whose cause the caller logs. */
const unreadable = (database: string, error: unknown): AppError =>
  error instanceof AppError
    ? error
    : new AppError('refused', `The tables of ${database} could not be read. The log says why.`, { cause: error });

async function readSome({ clickhouse, config }: Reader, databases: readonly string[]) {
  const { truth, labels } = config.clickhouse.tables;
  const [tops, { rows: hosts }] = await Promise.all([
    findTables(
      clickhouse,
      databases.flatMap((database) => [truth, labels].map((table) => ({ database, table }))),
    ),
    clickhouse.read(selectClusters, {}),
  ]);
  const clusters = { hosts, macros: await readMacros({ clickhouse, config }, [...tops.values()]) };
  const placed = databases.map((database) => ({
    database,
    pair: outcome(() => ({
      truth: place(tops, { database, table: truth }, clusters),
      labels: place(tops, { database, table: labels }, clusters),
    })),
  }));
  const locals = await findTables(
    clickhouse,
    placed.flatMap(({ pair }) => (pair instanceof AppError ? [] : [pair.truth.local, pair.labels.local])),
  );
  return placed.map(({ database, pair }): [string, CustomerTables | AppError] => [
    database,
    pair instanceof AppError ? pair : outcome(() => tablesOf(config, pair, { locals, macros: clusters.macros })),
  ]);
}

function tablesOf(
  { clickhouse: { cluster } }: Config,
  { truth, labels }: { truth: Place; labels: Place },
  { locals, macros }: { locals: ReadonlyMap<string, FoundTable>; macros: ReadonlyMap<string, string> },
): CustomerTables {
  const facts = {
    truth: truthFactsOf(truth.top, needed(locals, truth.local)),
    labels: labelFactsOf(labels.top, needed(locals, labels.local)),
  };
  const configured = cluster && withMacros(cluster, macros);
  const changed = changeCluster({ labels: tableText(labels.top), hosts: labels.hosts, configured });
  return {
    cluster: changed,
    hosts: changed === null ? 1 : (labels.hosts?.length ?? 1),
    readCluster: labels.hosts?.[0]?.cluster ?? null,
    ...facts,
  };
}

/** The result of a step, or the AppError that it throws. */
function outcome<Result>(step: () => Result): Result | AppError {
  try {
    return step();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

type Clusters = { hosts: ClusterHost[]; macros: ReadonlyMap<string, string> };

/** The macros of the server, read only if the name of a cluster contains one. */
async function readMacros({ clickhouse, config }: Reader, tables: FoundTable[]): Promise<ReadonlyMap<string, string>> {
  const names = tables.filter(({ engine }) => engine === 'Distributed').map(({ engineFull }) => engineFull);
  if (![config.clickhouse.cluster ?? '', ...names].some((name) => name.includes('{'))) return new Map();
  const { rows } = await clickhouse.read(selectMacros, {});
  return new Map(rows.map((row) => [row.macro, row.substitution]));
}

type Place = { top: FoundTable; local: TableName; hosts: ClusterHost[] | null };

/** The table that holds the rows: the one behind a Distributed table, or the table itself. */
function place(tables: ReadonlyMap<string, FoundTable>, name: TableName, { hosts, macros }: Clusters): Place {
  const top = needed(tables, name);
  const target = top.engine === 'Distributed' ? distributedTarget(top.engineFull) : null;
  if (!target) return { top, local: name, hosts: null };
  const own = hostsOf(tableText(name), withMacros(target.cluster, macros), hosts);
  const local = { ...target.local, database: target.local.database || defaultDatabase(tableText(name), own) };
  refuseDottedNames(local);
  return { top, local, hosts: own };
}

function needed(tables: ReadonlyMap<string, FoundTable>, name: TableName): FoundTable {
  const table = tables.get(tableKey(name));
  if (!table) throw new AppError('not_found', `ClickHouse has no table ${tableText(name)}.`);
  return table;
}

/** A key for maps. Joining with a dot would be ambiguous, since names may contain dots. */
const tableKey = ({ database, table }: TableName) => JSON.stringify([database, table]);

/** Those of the tables that exist, with their columns. */
async function findTables(clickhouse: ClickHouse, names: TableName[]): Promise<Map<string, FoundTable>> {
  if (names.length === 0) return new Map();
  const params = { databases: names.map((name) => name.database), tables: names.map((name) => name.table) };
  const [tables, columns] = await Promise.all([
    clickhouse.read(selectTables, { params }),
    clickhouse.read(selectColumns, { params }),
  ]);
  const found = new Map(tables.rows.map((table): [string, FoundTable] => [tableKey(table), { ...table, columns: [] }]));
  for (const { database, table, ...column } of columns.rows)
    found.get(tableKey({ database, table }))?.columns.push(column);
  return found;
}
