import type { CustomerTables, Scope } from '@/lib/customers/model';
import type { Context } from '@/lib/server/context';
import { type Digest, noRows } from './model';
import { countNotBackedUp, rowsOf, selectBackupDigest } from './sql/digest';
import { scopeParams } from './sql/scope';

/**
 * `labelDigest` of a backup, wherever in the cluster it was taken. An unknown id has no rows; a backup table that does
 * not exist yet is the engine's error 60.
 */
export async function backupDigest(
  ctx: Pick<Context, 'clickhouse'>,
  of: { backupId: string; tables: CustomerTables },
): Promise<Digest> {
  const { rows } = await ctx.clickhouse.read(selectBackupDigest, {
    params: { backup: of.backupId },
    names: { labelsLocal: of.tables.labels.local, cluster: of.tables.cluster, ...rowsOf(of.tables) },
  });
  return rows[0] ? { rows: rows[0].rows, hash: rows[0].hash } : noRows;
}

/** How many label rows (newest per label key) of the scope a backup lacks: a delete of the scope would lose them. */
export async function rowsNotBackedUp(
  ctx: Pick<Context, 'clickhouse'>,
  { scope, tables, backupId }: { scope: Scope; tables: CustomerTables; backupId: string },
): Promise<number> {
  const { rows } = await ctx.clickhouse.readOne(countNotBackedUp, {
    params: { ...scopeParams(scope), backup: backupId },
    names: {
      labels: tables.labels.distributed,
      labelsLocal: tables.labels.local,
      cluster: tables.cluster,
      ...rowsOf(tables),
    },
  });
  return rows;
}
