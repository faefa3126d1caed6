import type { Context } from '@/lib/server/context';
import { backupTableOf } from './model';
import { selectBackups } from './sql/backups';

/** One backup as it lies in ClickHouse: rows on disk (unmerged versions too), bytes, and when it was taken. */
export type BackupSize = {
  database: string;
  table: string;
  backupId: string;
  rows: number;
  bytes: number;
  takenAtMs: number;
};

/** Every backup in these databases, from the list of parts: no row is read. */
export async function readBackups(
  ctx: Pick<Context, 'clickhouse' | 'config'>,
  databases: string[],
): Promise<BackupSize[]> {
  if (databases.length === 0) return [];
  const { rows } = await ctx.clickhouse.read(selectBackups, {
    params: { databases, suffix: backupTableOf({ database: '', table: '' }).table },
    names: { cluster: ctx.config.clickhouse.cluster },
  });
  return rows;
}
