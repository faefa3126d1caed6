import type { Context } from '@/lib/context';
import type { CustomerTables } from '@/lib/customers/model';
import { backupTableOf } from './model';
import { selectBackups } from './sql/backups';

/** One backup in ClickHouse: its rows on disk (also unmerged versions), its bytes, and when it was taken. */
export type BackupSize = {
  database: string;
  table: string;
  backupId: string;
  rows: number;
  bytes: number;
  takenAtMs: number;
};

/** Every backup beside these labels, from the list of parts of each cluster: no row is read. */
export async function readBackups(
  ctx: Pick<Context, 'clickhouse'>,
  tables: readonly CustomerTables[],
): Promise<BackupSize[]> {
  const clusters = [...new Set(tables.map((one) => one.cluster))];
  const found = await Promise.all(
    clusters.map((cluster) => {
      const backups = tables.filter((one) => one.cluster === cluster).map((one) => backupTableOf(one.labels.local));
      return ctx.clickhouse.read(selectBackups, {
        params: { databases: backups.map((one) => one.database), tables: backups.map((one) => one.table) },
        identifiers: { cluster },
      });
    }),
  );
  return found.flatMap(({ rows }) => rows);
}
