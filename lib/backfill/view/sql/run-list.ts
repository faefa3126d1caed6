import { z } from 'zod';
import { Pause } from '@/lib/holds/model';
import { pgStatement } from '@/lib/postgres/statement';
import { runStatuses } from '../../state/model';
import { strategyNames } from '../../state/name-model';

const instant = z.date().transform((at) => at.getTime());

/** The newest undo of days of the run `r`. */
export const undoneBy = `(
        SELECT jsonb_build_object(
          'runId', u.id,
          'atMs', round(extract(epoch FROM coalesce(u.ended_at, now())) * 1000),
          'units', (SELECT count(*) FROM backfill_items WHERE run_id = r.id AND undone_by IS NOT NULL))
        FROM backfill_runs u
        WHERE u.undo_of = r.id
          AND EXISTS (SELECT 1 FROM backfill_items WHERE run_id = r.id AND undone_by = u.id)
        ORDER BY u.created_at DESC
        LIMIT 1)`;
export const UndoneJson = z.object({ runId: z.string(), atMs: z.number(), units: z.number() }).nullable();

const runRows = `
    SELECT r.id, r.customer_id, r.strategy, r.from_day, r.to_day, r.scope ->> 'timeZone' AS time_zone, r.status,
      CASE WHEN r.status IN ('queued', 'running') THEN r.pause END AS pause, r.started_by, r.reason, r.created_at, r.started_at, r.ended_at,
      (r.plan ->> 'rowsToDelete')::bigint AS rows_to_delete,
      i.total, i.verified, i.skipped, i.gap_ms, i.gap_open, ${undoneBy} AS undone
    FROM backfill_runs r
    CROSS JOIN LATERAL (
      SELECT count(*) AS total,
        count(*) FILTER (WHERE status = 'verified') AS verified,
        count(*) FILTER (WHERE status = 'skipped') AS skipped,
  max(coalesce(gap_ms, CASE
          WHEN gap_from_at IS NOT NULL AND gap_to_at IS NULL
          THEN round(extract(epoch FROM now() - gap_from_at) * 1000) END))::bigint AS gap_ms,
        coalesce(bool_or(gap_ms IS NULL AND gap_from_at IS NOT NULL AND gap_to_at IS NULL), false) AS gap_open
      FROM backfill_items
      WHERE run_id = r.id
    ) i
    WHERE (:customerId::text IS NULL OR r.customer_id = :customerId)
      AND (:status::text IS NULL OR r.status = :status)
      AND (:day::text IS NULL OR EXISTS (
        SELECT FROM backfill_items
        WHERE run_id = r.id AND status <> 'skipped' AND scope ->> 'fromDay' <= :day AND scope ->> 'toDay' > :day))`;
const Filter = z.object({
  customerId: z.string().nullable(),
  status: z.string().nullable(),
  day: z.string().nullable(),
  rowsMax: z.number(),
});

const Row = z
  .object({
    id: z.string(),
    customer_id: z.string(),
    strategy: z.enum(strategyNames),
    from_day: z.string(),
    to_day: z.string(),
    time_zone: z.string(),
    status: z.enum(runStatuses),
    started_by: z.string(),
    reason: z.string(),
    created_at: instant,
    started_at: instant.nullable(),
    ended_at: instant.nullable(),
    rows_to_delete: z.number(),
    total: z.number(),
    verified: z.number(),
    skipped: z.number(),
    gap_ms: z.number().nullable(),
    gap_open: z.boolean(),
    undone: UndoneJson,
    pause: Pause.nullable(),
  })
  .transform((row) => ({
    id: row.id,
    customerId: row.customer_id,
    strategy: row.strategy,
    fromDay: row.from_day,
    toDay: row.to_day,
    timeZone: row.time_zone,
    status: row.status,
    startedBy: row.started_by,
    reason: row.reason,
    createdAtMs: row.created_at,
    startedAtMs: row.started_at,
    endedAtMs: row.ended_at,
    unitsTotal: row.total,
    unitsVerified: row.verified,
    daysSkipped: row.skipped,
    rowsToDelete: row.rows_to_delete,
    gapMs: row.gap_ms,
    gapOpen: row.gap_open,
    undone: row.undone,
    pause: row.pause,
  }));

/** A run as lists show it; newest first, active ones before all others, at most `:rowsMax` rows. */
export const selectRuns = pgStatement({
  name: 'backfill.select_runs',
  text: `${runRows}
    ORDER BY (r.status IN ('queued', 'running', 'needs attention')) DESC, r.created_at DESC
    LIMIT :rowsMax`,
  params: Filter,
  row: Row,
});

/** Those after one of them, newest first, for a file of any length. */
export const selectRunsAfter = pgStatement({
  name: 'backfill.select_runs_after',
  text: `${runRows}
      AND (:beforeId::uuid IS NULL OR (r.created_at, r.id) < (SELECT created_at, id FROM backfill_runs WHERE id = :beforeId::uuid))
    ORDER BY r.created_at DESC, r.id DESC
    LIMIT :rowsMax`,
  params: Filter.extend({ beforeId: z.string().nullable() }),
  row: Row,
});
