import { z } from 'zod';
import { everywhere } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';

const Params = z.object({ databases: z.array(z.string()).min(1), tables: z.array(z.string()).min(1) });
const count = z.coerce.number();

/**
 * Backups by partition, with their size; a backup that several nodes hold parts of is one row. Bounded by the parts.
 * NOTE: a merge gives a part a new time, so the oldest block decides when a backup was taken.
 */
export const selectBackups = statement({
  name: 'label_store.backups',
  text: ({ cluster }: { cluster: string | null }) => `
    SELECT database, table, partition AS backup_id, sum(rows) AS part_rows, sum(bytes_on_disk) AS part_bytes,
      toUnixTimestamp(min(modification_time)) AS taken_seconds
    FROM ${everywhere(cluster, { database: 'system', table: 'parts' })}
    WHERE active
      AND database IN {databases:Array(String)}
      AND (database, table) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {tables:Array(String)})))
    GROUP BY database, table, backup_id
    ORDER BY database, table, backup_id`,
  params: Params,
  row: z
    .object({
      database: z.string(),
      table: z.string(),
      backup_id: z.string(),
      part_rows: count,
      part_bytes: count,
      taken_seconds: count,
    })
    .transform((row) => ({
      database: row.database,
      table: row.table,
      backupId: row.backup_id,
      rows: row.part_rows,
      bytes: row.part_bytes,
      takenAtMs: row.taken_seconds * 1000,
    })),
});
