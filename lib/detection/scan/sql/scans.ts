import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { aliveWorkers } from '@/lib/workers/sql';
import { type Scan, scanCauses, scanKinds, scanStatuses } from '../../model';

const instant = z.date().transform((at) => at.getTime());

const ScanRow = z
  .object({
    id: z.string(),
    customer_id: z.string(),
    from_day: z.string(),
    to_day: z.string(),
    cause: z.enum(scanCauses),
    kind: z.enum(scanKinds).nullable(),
    days: z.array(z.string()).nullable(),
    reason: z.string().nullable(),
    full_asked: z.boolean(),
    requested_by: z.string(),
    status: z.enum(scanStatuses),
    created_at: instant,
    started_at: instant.nullable(),
    ended_at: instant.nullable(),
    cancel_requested: z.boolean(),
    as_of: instant.nullable(),
    chunks_total: z.number().nullable(),
    chunks_done: z.number(),
    rows_read: z.number(),
    bytes_read: z.number(),
    elapsed_ms: z.number(),
    eta_ms: z.number().nullable(),
    at_least: z.boolean(),
    failure: z.string().nullable(),
    workers: z.number(),
  })
  .transform(
    (row): Scan => ({
      id: row.id,
      customerId: row.customer_id,
      fromDay: row.from_day,
      toDay: row.to_day,
      cause: row.cause,
      kind: row.kind,
      days: row.days,
      reason: row.reason,
      fullAsked: row.full_asked,
      requestedBy: row.requested_by,
      status: row.status,
      createdAtMs: row.created_at,
      startedAtMs: row.started_at,
      endedAtMs: row.ended_at,
      asOfMs: row.as_of,
      chunksTotal: row.chunks_total,
      chunksDone: row.chunks_done,
      rowsRead: row.rows_read,
      bytesRead: row.bytes_read,
      elapsedMs: row.elapsed_ms,
      etaMs: row.eta_ms,
      atLeast: row.at_least,
      cancelRequested: row.cancel_requested,
      failure: row.failure,
      workers: row.workers,
    }),
  );

/** `eta_ms`: the average time of a chunk, for the chunks that are left, two at a time, and one more for the confirm. */
const scanColumns = `
    id, customer_id, from_day, to_day, cause, kind, days::text[] AS days, reason, full_asked, requested_by, status,
    created_at, started_at, ended_at,
    cancel_requested_at IS NOT NULL AS cancel_requested, as_of, chunks_total, chunks_done, rows_read, bytes_read,
    CASE WHEN started_at IS NULL THEN 0
         ELSE extract(epoch FROM coalesce(ended_at, now()) - started_at)::float8 * 1000 END AS elapsed_ms,
    CASE WHEN status = 'running' AND chunks_done > 0
         THEN elapsed_ms / chunks_done * ceil((chunks_total - chunks_done + 1) / 2.0)::float8 END AS eta_ms,
    at_least, failure,
    ${aliveWorkers} AS workers`;

export const selectScan = pgStatement({
  name: 'detection.select_scan',
  text: `SELECT ${scanColumns} FROM scans WHERE id = :id`,
  params: z.object({ id: z.string() }),
  row: ScanRow,
});

/** Newest first, at most `:rowsMax`. */
export const selectScans = pgStatement({
  name: 'detection.select_scans',
  text: `
    SELECT ${scanColumns}
    FROM scans
    WHERE :customerId::text IS NULL OR customer_id = :customerId
    ORDER BY created_at DESC
    LIMIT :rowsMax`,
  params: z.object({ customerId: z.string().nullable(), rowsMax: z.number() }),
  row: ScanRow,
});

/** Empty when the scan has ended, so that a late job does nothing. */
export const markRunning = pgStatement({
  name: 'detection.mark_running',
  text: `
    UPDATE scans
    SET status = 'running', started_at = coalesce(started_at, now()), as_of = coalesce(as_of, :asOf)
    WHERE id = :id AND status IN ('queued', 'running')
    RETURNING ${scanColumns}`,
  params: z.object({ id: z.string(), asOf: z.date() }),
  row: ScanRow,
});

/** Empty when the scan had ended before: who gets no row stores nothing of it. */
export const markEnded = pgStatement({
  name: 'detection.mark_ended',
  text: `
    UPDATE scans
    SET status = :status, failure = :failure, at_least = at_least OR :atLeast, ended_at = now(),
        look = CASE WHEN :status != 'succeeded' THEN look END
    WHERE id = :id AND status IN ('queued', 'running')
    RETURNING id`,
  params: z.object({ id: z.string(), status: z.string(), failure: z.string().nullable(), atLeast: z.boolean() }),
  row: z.object({ id: z.string() }),
});

export const markCancel = pgStatement({
  name: 'detection.mark_cancel',
  text: `
    UPDATE scans
    SET cancel_requested_at = coalesce(cancel_requested_at, now()),
        status = CASE WHEN status = 'queued' THEN 'cancelled' ELSE status END,
        ended_at = CASE WHEN status = 'queued' THEN now() ELSE ended_at END
    WHERE id = :id AND status IN ('queued', 'running')
    RETURNING ${scanColumns}`,
  params: z.object({ id: z.string() }),
  row: ScanRow,
});

export const markResumed = pgStatement({
  name: 'detection.mark_resumed',
  text: `
    UPDATE scans
    SET status = 'queued', cancel_requested_at = NULL, failure = NULL, ended_at = NULL
    WHERE id = :id AND status IN ('failed', 'cancelled')
    RETURNING ${scanColumns}`,
  params: z.object({ id: z.string() }),
  row: ScanRow,
});

export const selectCancelRequested = pgStatement({
  name: 'detection.cancel_requested',
  text: `SELECT cancel_requested_at IS NOT NULL AS requested FROM scans WHERE id = :id`,
  params: z.object({ id: z.string() }),
  row: z.object({ requested: z.boolean() }),
});

/** Scans of all the days that are watched: of the schedule, or such that a person asked for. Others look at some days. */
const ofAllDays = `(s.cause IN ('schedule', 'first start') OR s.cause = 'person' AND NOT EXISTS (
      SELECT FROM watched_customers w
      WHERE w.customer_id = s.customer_id AND (w.from_day < s.from_day OR w.to_day > s.to_day)))`;

export const selectOfAllDays = pgStatement({
  name: 'detection.select_of_all_days',
  text: `SELECT ${ofAllDays} AS yes FROM scans s WHERE s.id = :id`,
  params: z.object({ id: z.string() }),
  row: z.object({ yes: z.boolean() }).transform(({ yes }) => yes),
});

/** How many scans of all days of a customer failed since the last one that succeeded. Bounded by those that are kept. */
export const countFailures = pgStatement({
  name: 'detection.count_failures',
  text: `
    SELECT count(*) AS failed
    FROM scans s
    WHERE s.customer_id = :customerId AND s.status = 'failed' AND ${ofAllDays} AND s.ended_at > coalesce(
      (SELECT max(s.ended_at) FROM scans s
       WHERE s.customer_id = :customerId AND s.status = 'succeeded' AND ${ofAllDays}), '-infinity')`,
  params: z.object({ customerId: z.string() }),
  row: z.object({ failed: z.number() }).transform(({ failed }) => failed),
});
