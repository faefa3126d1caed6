import { z } from 'zod';
import { Scope } from '@/lib/customers/model';
import { pgStatement } from '@/lib/postgres/statement';
import { runStatuses } from '../../state/model';

/** The units of a run whose backup was proven, in order; or only the one of this key, or the one that holds this day. */
export const selectUndoSource = pgStatement({
  name: 'backfill.undo_source',
  text: `
    SELECT i.id, i.run_id, i.unit, i.scope, (i.state ->> 'backupAttempt')::integer AS backup,
      (i.plan ->> 'labelRows')::bigint AS rows, i.plan ->> 'labelHash' AS hash,
      r.customer_id, r.status, r.plan ->> 'labelsTable' AS labels_table, r.plan ->> 'labelKey' AS label_key,
      EXISTS (
        SELECT 1 FROM backup_drops d
        WHERE d.backup_id = concat(r.id, '/', i.unit, '/', i.state ->> 'backupAttempt')) AS dropped
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE i.run_id = :runId
      AND (:unit::text IS NULL OR i.unit = :unit::text
        OR (i.scope ->> 'fromDay' <= :unit::text AND i.scope ->> 'toDay' > :unit::text AND length(:unit::text) = 10))
      AND i.state ->> 'backupAttempt' IS NOT NULL
    ORDER BY i.seq`,
  params: z.object({ runId: z.string(), unit: z.string().nullable() }),
  row: z
    .object({
      id: z.string(),
      run_id: z.string(),
      unit: z.string(),
      scope: Scope,
      backup: z.number(),
      rows: z.number(),
      hash: z.string(),
      customer_id: z.string(),
      status: z.enum(runStatuses),
      labels_table: z.string(),
      label_key: z.string(),
      dropped: z.boolean(),
    })
    .transform((row) => ({
      itemId: row.id,
      runId: row.run_id,
      unit: row.unit,
      scope: row.scope,
      backup: row.backup,
      rows: row.rows,
      hash: row.hash,
      customerId: row.customer_id,
      runStatus: row.status,
      labelsTable: row.labels_table,
      labelKey: row.label_key,
      dropped: row.dropped,
    })),
});
export type UndoSource = z.output<typeof selectUndoSource.row>;

/** The runs that an active undo restores: their backups stay. */
export const selectActiveUndos = pgStatement({
  name: 'backfill.active_undos',
  text: `
    SELECT undo_of
    FROM backfill_runs
    WHERE undo_of IS NOT NULL AND status IN ('queued', 'running', 'needs attention')`,
  row: z.object({ undo_of: z.string() }).transform((row) => row.undo_of),
});

/** A day that an undo put back as it was before: its labels are not missing any more. */
export const endGapOfUndone = pgStatement({
  name: 'backfill.end_gap_of_undone',
  text: `
    UPDATE backfill_items
    SET undone_by = :undoRunId,
      gap_to_at = CASE WHEN gap_from_at IS NOT NULL THEN coalesce(gap_to_at, now()) END,
      gap_ms = CASE
        WHEN gap_from_at IS NULL OR gap_to_at IS NOT NULL THEN gap_ms
        ELSE round(extract(epoch FROM now() - gap_from_at) * 1000)
      END
    WHERE id = :itemId`,
  params: z.object({ itemId: z.string(), undoRunId: z.string() }),
  row: z.never(),
});
