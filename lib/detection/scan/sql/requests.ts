import { z } from 'zod';
import { hasNoJob, isGivenUp, ofQueue } from '@/lib/postgres/lost-jobs';
import { pgStatement } from '@/lib/postgres/statement';
import { scanCauses } from '../../model';

export const insertScan = pgStatement({
  name: 'detection.insert_scan',
  text: `
    INSERT INTO scans (id, customer_id, from_day, to_day, cause, requested_by, full_asked, status)
    VALUES (:id, :customerId, :fromDay, :toDay, :cause, :requestedBy, :fullAsked, 'queued')`,
  params: z.object({
    id: z.string(),
    customerId: z.string(),
    fromDay: z.string(),
    toDay: z.string(),
    cause: z.string(),
    requestedBy: z.string(),
    fullAsked: z.boolean(),
  }),
  row: z.never(),
});

/** Only one request of a customer at a time looks for an equal one. The transaction releases the lock. */
export const lockRequests = pgStatement({
  name: 'detection.lock_requests',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('detection.request ' || :customerId, 0))`,
  params: z.object({ customerId: z.string() }),
  row: z.unknown(),
});

/** The scan of exactly these days that a person asked for and that has not begun; with `:fullAsked` a full one. */
export const selectWaitingScan = pgStatement({
  name: 'detection.select_waiting_scan',
  text: `
    SELECT id
    FROM scans
    WHERE customer_id = :customerId AND from_day = :fromDay AND to_day = :toDay
      AND status = 'queued' AND cause = 'person' AND cancel_requested_at IS NULL AND (full_asked OR NOT :fullAsked)
    ORDER BY created_at
    LIMIT 1`,
  params: z.object({ customerId: z.string(), fromDay: z.string(), toDay: z.string(), fullAsked: z.boolean() }),
  row: z.object({ id: z.string() }),
});

/**
 * Adds days to a scan after a repair that waits and never began, where they follow or overlap its own: one that began is
 * cut into chunks already. No row: there is none.
 */
export const widenScan = pgStatement({
  name: 'detection.widen_scan',
  text: `
    UPDATE scans
    SET from_day = least(from_day, :fromDay), to_day = greatest(to_day, :toDay)
    WHERE id = (
      SELECT id
      FROM scans
      WHERE customer_id = :customerId AND status = 'queued' AND cause = 'after repair' AND cancel_requested_at IS NULL
        AND started_at IS NULL AND from_day <= :toDay AND to_day >= :fromDay
        AND greatest(to_day, :toDay::date) - least(from_day, :fromDay::date) <= :daysMost::int
      ORDER BY created_at
      LIMIT 1
      FOR UPDATE)
    RETURNING id`,
  params: z.object({ customerId: z.string(), fromDay: z.string(), toDay: z.string(), daysMost: z.number().int() }),
  row: z.object({ id: z.string() }),
});

const jobOfScan = `jsonb_build_object('scanId', id)`;

/** Scans that are to be worked on and have no job. `isGivenUp`: the queue tried them as often as it does. */
export const selectScansWithoutJob = pgStatement({
  name: 'detection.select_scans_without_job',
  text: `
    SELECT id, cause, customer_id, ${isGivenUp(jobOfScan)} AS given_up
    FROM scans
    WHERE status IN ('queued', 'running') AND ${hasNoJob(jobOfScan)}`,
  params: ofQueue,
  row: z
    .object({ id: z.string(), cause: z.enum(scanCauses), customer_id: z.string(), given_up: z.boolean() })
    .transform((row) => ({ id: row.id, cause: row.cause, customerId: row.customer_id, isGivenUp: row.given_up })),
});

/**
 * The scan's job that waits, kept from workers until the transaction ends. One that a worker has is none: it may be about
 * to end, since its scan ended before.
 */
export const lockWaitingJob = pgStatement({
  name: 'detection.lock_waiting_job',
  text: `
    SELECT id
    FROM pgboss.job
    WHERE name = :queue AND state IN ('created', 'retry') AND data = jsonb_build_object('scanId', :id::uuid)
    FOR UPDATE`,
  params: ofQueue.extend({ id: z.string() }),
  row: z.object({ id: z.string() }),
});
