import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { runStatuses } from '../../state/model';

/** Whose backups they are; by primary key. */
export const selectBackupRuns = pgStatement({
  name: 'backfill.backup_runs',
  text: 'SELECT id, customer_id, status FROM backfill_runs WHERE id = ANY (:runIds::uuid[])',
  params: z.object({ runIds: z.array(z.string()) }),
  row: z
    .object({ id: z.string(), customer_id: z.string(), status: z.enum(runStatuses) })
    .transform((row) => ({ id: row.id, customerId: row.customer_id, status: row.status })),
});

/** Backups whose drop has begun and is not recorded as done. */
export const selectDropping = pgStatement({
  name: 'backfill.dropping',
  text: 'SELECT backup_id, customer_id FROM backup_drops WHERE dropped_at IS NULL',
  row: z
    .object({ backup_id: z.string(), customer_id: z.string() })
    .transform((row) => ({ backupId: row.backup_id, customerId: row.customer_id })),
});

/** Begins to drop, or begins again; not where an undo of the run is active. `:backups` is a JSON array of backups. */
export const beginDrops = pgStatement({
  name: 'backfill.begin_drops',
  text: `
    INSERT INTO backup_drops (backup_id, customer_id, run_id, day, rows, bytes, taken_at, job_name, requested_by)
    SELECT b."backupId", b."customerId", b."runId", left(b.unit, 10)::date, b.rows, b.bytes,
      to_timestamp(b."takenAtMs" / 1000.0), :jobName, :requestedBy
    FROM jsonb_to_recordset(:backups::jsonb) AS b
      ("backupId" text, "customerId" text, "runId" uuid, unit text, rows bigint, bytes bigint, "takenAtMs" bigint)
    WHERE NOT EXISTS (
      SELECT 1 FROM backfill_runs u
      WHERE u.undo_of = b."runId" AND u.status IN ('queued', 'running', 'needs attention'))
    ON CONFLICT (backup_id) DO UPDATE SET job_name = excluded.job_name
    WHERE backup_drops.dropped_at IS NULL
    RETURNING backup_id`,
  params: z.object({ backups: z.string(), jobName: z.string(), requestedBy: z.string() }),
  row: z.object({ backup_id: z.string() }).transform((row) => row.backup_id),
});

/** Records that a backup is gone; no row where somebody else recorded it. */
export const endDrop = pgStatement({
  name: 'backfill.end_drop',
  text: `
    UPDATE backup_drops
    SET dropped_at = now()
    WHERE backup_id = :backupId AND dropped_at IS NULL
    RETURNING backup_id, customer_id, run_id, rows, bytes, job_name`,
  params: z.object({ backupId: z.string() }),
  row: z
    .object({
      backup_id: z.string(),
      customer_id: z.string(),
      run_id: z.string(),
      rows: z.number(),
      bytes: z.number(),
      job_name: z.string(),
    })
    .transform((row) => ({
      backupId: row.backup_id,
      customerId: row.customer_id,
      runId: row.run_id,
      rows: row.rows,
      bytes: row.bytes,
      jobName: row.job_name,
    })),
});
