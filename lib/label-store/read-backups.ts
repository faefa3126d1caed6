import { type Failed, readInBatches } from '@/lib/clickhouse/batches';
import { quoteTable } from '@/lib/clickhouse/identifiers';
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

/**
 * Every backup beside these labels, from the list of parts of each cluster: no row is read. A table whose backups cannot
 * be read is returned as unread.
 */
export async function readBackups(
  ctx: Pick<Context, 'clickhouse'>,
  tables: readonly CustomerTables[],
): Promise<{ backups: BackupSize[]; unread: Failed<CustomerTables>[] }> {
  const clusters = [...new Set(tables.map((one) => one.cluster))];
  const looks = await Promise.all(
    clusters.map((cluster) => {
      const items = tables.filter((one) => one.cluster === cluster);
      const nameOf = (one: CustomerTables) => quoteTable(backupTableOf(one.labels.local));
      return readInBatches({ items, nameOf }, async (batch) => {
        const backups = batch.map((one) => backupTableOf(one.labels.local));
        const params = { databases: backups.map((one) => one.database), tables: backups.map((one) => one.table) };
        return (await ctx.clickhouse.read(selectBackups, { params, identifiers: { cluster } })).rows;
      });
    }),
  );
  return {
    backups: looks.flatMap(({ found }) => found),
    unread: looks.flatMap(({ failed }) => failed),
  };
}
