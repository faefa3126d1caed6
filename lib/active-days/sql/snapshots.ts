import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { SnapshotRow, type SnapshotRun } from '../model';

const SnapshotParams = z.object({
  runId: z.string(),
  phase: z.string(),
  takenAtMs: z.number(),
  fromDay: z.string(),
  toDay: z.string(),
  rows: z.string(),
});

/** Keeps the first snapshot before a repair: a step that runs again must not store what the repair already changed. */
export const insertFirstSnapshot = pgStatement({
  name: 'active_days.insert_first_snapshot',
  text: `
    INSERT INTO active_days_snapshots (run_id, phase, taken_at, from_day, to_day, rows)
    VALUES (:runId, :phase, to_timestamp(:takenAtMs::float8 / 1000), :fromDay, :toDay, :rows)
    ON CONFLICT (run_id, phase) DO NOTHING`,
  params: SnapshotParams,
  row: z.never(),
});

/** The expected days and the days after the repair are replaced by newer ones. */
export const upsertSnapshot = pgStatement({
  name: 'active_days.upsert_snapshot',
  text: `
    INSERT INTO active_days_snapshots (run_id, phase, taken_at, from_day, to_day, rows)
    VALUES (:runId, :phase, to_timestamp(:takenAtMs::float8 / 1000), :fromDay, :toDay, :rows)
    ON CONFLICT (run_id, phase) DO UPDATE
    SET taken_at = excluded.taken_at, from_day = excluded.from_day, to_day = excluded.to_day, rows = excluded.rows`,
  params: SnapshotParams,
  row: z.never(),
});

/** A run's range and its snapshots: one row for each phase, or one row with a NULL phase when there is none yet. */
export const selectSnapshots = pgStatement({
  name: 'active_days.select_snapshots',
  text: `
    SELECT r.customer_id, r.from_day, r.to_day, r.scope ->> 'timeZone' AS time_zone, r.scope ->> 'database' AS database,
           s.phase, s.taken_at, s.rows
    FROM backfill_runs r
    LEFT JOIN active_days_snapshots s ON s.run_id = r.id
    WHERE r.id = :runId`,
  params: z.object({ runId: z.string() }),
  row: z
    .object({
      customer_id: z.string(),
      from_day: z.string(),
      to_day: z.string(),
      time_zone: z.string().nullable(),
      database: z.string().nullable(),
      phase: z.enum(['before', 'expected', 'after']).nullable(),
      taken_at: z.date().nullable(),
      rows: z.array(SnapshotRow).nullable(),
    })
    .transform((row) => ({
      customerId: row.customer_id,
      fromDay: row.from_day,
      toDay: row.to_day,
      timeZone: row.time_zone,
      database: row.database,
      phase: row.phase,
      takenAtMs: row.taken_at?.getTime() ?? null,
      rows: row.rows,
    })),
});

/** A customer's newest runs that have a snapshot of the labels. Bounded by `:rowsMax` runs. */
export const selectSnapshotRuns = pgStatement({
  name: 'active_days.select_snapshot_runs',
  text: `
    SELECT r.id, r.from_day, r.to_day, r.strategy, r.status, b.taken_at AS before_at, a.taken_at AS after_at,
           coalesce(b.rows -> 0 ? 'on', a.rows -> 0 ? 'on', false) AS keeps_days
    FROM backfill_runs r
    LEFT JOIN active_days_snapshots b ON b.run_id = r.id AND b.phase = 'before'
    LEFT JOIN active_days_snapshots a ON a.run_id = r.id AND a.phase = 'after'
    WHERE r.customer_id = :customerId AND (b.run_id IS NOT NULL OR a.run_id IS NOT NULL)
    ORDER BY r.created_at DESC
    LIMIT :rowsMax`,
  params: z.object({ customerId: z.string(), rowsMax: z.number().int() }),
  row: z
    .object({
      id: z.string(),
      from_day: z.string(),
      to_day: z.string(),
      strategy: z.string(),
      status: z.string(),
      before_at: z.date().nullable(),
      after_at: z.date().nullable(),
      keeps_days: z.boolean(),
    })
    .transform(
      (row): SnapshotRun => ({
        runId: row.id,
        fromDay: row.from_day,
        toDay: row.to_day,
        strategy: row.strategy,
        status: row.status,
        beforeAtMs: row.before_at?.getTime() ?? null,
        afterAtMs: row.after_at?.getTime() ?? null,
        keepsDays: row.keeps_days,
      }),
    ),
});
