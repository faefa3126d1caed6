import type { ClickHouse } from '@/lib/clickhouse/client';
import { quoteTable } from '@/lib/clickhouse/identifiers';
import type { CustomerTables } from './model';
import { countPartsWithout } from './sql/catalogue';

/**
 * Why a column of the labels has no stored value, or null. A column that was added with a DEFAULT such as now() is
 * computed at each read of an older part, so no copy of it can be proven, and no row can be found by its value.
 */
export async function unstoredColumn(
  { clickhouse }: { clickhouse: ClickHouse },
  { labels, readCluster }: CustomerTables,
): Promise<string | null> {
  if (labels.changing.length === 0) return null;
  const counts = await clickhouse.readOne(countPartsWithout, {
    params: { ...labels.local, columns: labels.changing },
    identifiers: { cluster: readCluster },
  });
  const at = counts.findIndex((parts) => parts > 0);
  const column = labels.changing[at];
  return column === undefined
    ? null
    : `The column ${column} was added to ${labels.local.database}.${labels.local.table} with an expression that gives another value at each read, and older parts do not store it. Run ALTER TABLE ${quoteTable(labels.local)} MATERIALIZE COLUMN ${column} first.`;
}
