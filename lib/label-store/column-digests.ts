import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { selectBackupColumns, selectLabelColumns } from './sql/digest';
import { rowIdentifiers } from './sql/row-hash';

/**
 * The columns, by name, in which a scope's labels and a backup differ, newest row per label key on both sides; empty
 * means byte for byte the same. `compared` is the number of columns.
 */
export async function differingColumns(
  ctx: Pick<Context, 'clickhouse'>,
  of: { scope: Scope; tables: CustomerTables; backupId: string },
): Promise<{ compared: number; differing: string[] }> {
  const { labels, cluster } = of.tables;
  const columns = Object.keys(labels.columns).sort();
  const [now, then] = await Promise.all([
    ctx.clickhouse.read(selectLabelColumns, {
      params: scopeParams(of.scope),
      identifiers: { labels: labels.distributed, ...rowIdentifiers(of.tables) },
    }),
    ctx.clickhouse.read(selectBackupColumns, {
      params: { backup: of.backupId },
      identifiers: { labelsLocal: labels.local, cluster, ...rowIdentifiers(of.tables) },
    }),
  ]);
  const [a, b] = [now.rows[0]?.hashes ?? [], then.rows[0]?.hashes ?? []];
  return { compared: columns.length, differing: columns.filter((_, at) => a[at] !== b[at]) };
}
