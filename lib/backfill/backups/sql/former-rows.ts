import { z } from 'zod';
import { everywhere, quoteName, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { backupTableOf } from '@/lib/label-store/model';
import { isRestored } from '@/lib/label-store/sql/digest';
import { pgStatement } from '@/lib/postgres/statement';
import { runStatuses } from '../../state/model';
import { strategyNames } from '../../state/name-model';

/** The columns of the backup table, in order; none where no backup was ever taken. */
export const selectBackupColumns = statement({
  name: 'backfill.backup_columns',
  text: `
    SELECT name
    FROM system.columns
    WHERE database = {database:String}
      AND table = {table:String}
    ORDER BY position`,
  params: z.object({ database: z.string(), table: z.string() }),
  row: z.object({ name: z.string() }),
});

const FormerParams = z.object({
  customer: z.string(),
  conversation: z.string(),
  names: z.array(z.string()),
  rowsMax: z.number().int(),
});

/**
 * Every backed-up label row of one conversation that an undo would bring back, newest backup first; a NULL is null,
 * anything else its text. Reads one column of the whole backup table, which has no key: seconds at a hundred million
 * rows, and bounded by the caller.
 */
export const selectFormerRows = statement<
  typeof FormerParams,
  z.ZodType<{ backupId: string; backedUpAtMs: number; columns: Record<string, string | null> }>,
  { labelsLocal: TableName; cluster: string | null; columns: string[] }
>({
  name: 'backfill.former_rows',
  text: ({ labelsLocal, cluster, columns }) => `
    SELECT
      slc_backup_id AS backup_id,
      toString(toUnixTimestamp64Milli(slc_backed_up_at)) AS backed_up_at,
      mapFromArrays({names:Array(String)}, [${columns.map((name) => `toNullable(toString(${quoteName(name)}))`).join(', ')}]) AS row_columns
    FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
    WHERE conversation_id = {conversation:String}
      AND customer_id = {customer:String}
      AND ${isRestored}
    ORDER BY slc_backed_up_at DESC, backup_id, toString(row_columns)
    LIMIT {rowsMax:UInt32}`,
  params: FormerParams,
  row: z
    .object({
      backup_id: z.string(),
      backed_up_at: z.coerce.number(),
      row_columns: z.record(z.string(), z.string().nullable()),
    })
    .transform((row) => ({
      backupId: row.backup_id,
      backedUpAtMs: row.backed_up_at,
      columns: row.row_columns,
    })),
});

const ms = z
  .date()
  .nullable()
  .transform((at) => at?.getTime() ?? null);

/**
 * What became of a day whose rows were backed up: its run, and the first delete from that attempt on that ended well.
 * Bounded by the runs asked for and their days.
 */
export const selectDeletes = pgStatement({
  name: 'backfill.select_deletes',
  text: `
    SELECT r.id AS run_id, i.unit, s.attempt, s.step, s.status, s.ended_at, s.job_name, r.strategy, r.status AS run_status,
      r.started_by, r.reason, r.plan_hash, r.created_at
    FROM backfill_runs r
    JOIN backfill_items i ON i.run_id = r.id
    LEFT JOIN backfill_steps s ON s.item_id = i.id AND s.step IN ('delete', 'mutation')
    WHERE r.id = ANY (:runIds::uuid[])
    ORDER BY r.id, i.unit, s.attempt, s.started_at`,
  params: z.object({ runIds: z.array(z.string()) }),
  row: z
    .object({
      run_id: z.string(),
      unit: z.string(),
      attempt: z.number().nullable(),
      step: z.string().nullable(),
      status: z.string().nullable(),
      ended_at: ms,
      job_name: z.string().nullable(),
      strategy: z.enum(strategyNames),
      run_status: z.enum(runStatuses),
      started_by: z.string(),
      reason: z.string(),
      plan_hash: z.string(),
      created_at: z.date(),
    })
    .transform((row) => ({
      runId: row.run_id,
      unit: row.unit,
      attempt: row.attempt,
      step: row.step,
      status: row.status,
      endedAtMs: row.ended_at,
      jobName: row.job_name,
      run: {
        strategy: row.strategy,
        status: row.run_status,
        startedBy: row.started_by,
        reason: row.reason,
        planHash: row.plan_hash,
        createdAtMs: row.created_at.getTime(),
      },
    })),
});
