import type { ClickHouse } from '@/lib/clickhouse/client';
import { quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import type { CustomerTables } from '@/lib/customers/model';
import { selectColumns } from '@/lib/customers/sql/catalogue';
import { columnThatChanges, readClusterOf } from './columns-model';
import { selectDefinitions } from './sql/parts';

/** Why changes of these tables are not to be seen in parts at all, or null. What was seen in parts before is none. */
export async function whyBlind(
  { clickhouse }: { clickhouse: ClickHouse },
  { truth, labels }: CustomerTables,
): Promise<string | null> {
  const all = [truth.local, truth.distributed, labels.local, labels.distributed];
  const params = { databases: all.map(({ database }) => database), tables: all.map(({ table }) => table) };
  const [definitions, columns] = await Promise.all([
    clickhouse.read(selectDefinitions, { params, timeoutSeconds: 30 }),
    clickhouse.read(selectColumns, { params, timeoutSeconds: 30 }),
  ]);
  if (definitions.rows.some(({ text }) => /\bTTL\b/.test(text))) return 'its tables drop rows by a TTL';
  const isOf = (row: TableName, table: TableName) => quoteTable(row) === quoteTable(table);
  const clusterOf = (table: TableName) => readClusterOf(definitions.rows.find((row) => isOf(row, table))?.text ?? '');
  // NOTE: the parts of both are looked for on the hosts of the labels.
  if (clusterOf(truth.distributed) !== clusterOf(labels.distributed)) return 'its two tables are on different clusters';
  for (const facts of [truth, labels]) {
    const own = columns.rows.filter((row) => isOf(row, facts.local) || isOf(row, facts.distributed));
    const column = columnThatChanges(own, facts);
    if (column !== null) return `the values of its column ${column} change by themselves`;
  }
  return null;
}
