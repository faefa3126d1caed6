import type { CustomerTables } from '@/lib/customers/model';
import type { Context } from '@/lib/server/context';
import { type Digest, noRows } from './model';
import { rowsOf, selectBackupDigest } from './sql/digest';

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
