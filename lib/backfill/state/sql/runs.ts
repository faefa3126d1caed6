import { z } from 'zod';
import { Scope } from '@/lib/customers/model';
import { pgStatement } from '@/lib/postgres/statement';
import { cancelPoints } from '../command-model';
import { runStatuses } from '../model';
import { itemStatuses } from '../states';
import { strategyNames } from '../strategies';

/** The exclusion constraint `backfill_runs_one_active` refuses a second active run of an overlapping range. */
export const insertRun = pgStatement<
  [
    id: string,
    customerId: string,
    strategy: string,
    fromDay: string,
    toDay: string,
    scope: string,
    plan: string,
    planHash: string,
    confirmed: string[],
    reason: string,
    startedBy: string,
    undoOf: string | null,
  ]
>()({
  name: 'backfill.insertRun',
  text: `
    INSERT INTO backfill_runs
      (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, confirmed, status, reason, started_by, undo_of)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $11, $12)`,
  row: z.never(),
});

/** All days of a run in one statement; `$2` is a JSON array of rows. */
export const insertItems = pgStatement<[runId: string, items: string]>()({
  name: 'backfill.insertItems',
  text: `
    INSERT INTO backfill_items (id, run_id, seq, unit, day, scope, status, state, plan, failure, ended_at)
    SELECT i.id, $1, i.seq, i.unit, left(i.unit, 10)::date, i.scope, i.state ->> 'status', i.state, i.plan, i.state ->> 'sentence',
      CASE WHEN i.state ->> 'status' = 'skipped' THEN now() END
    FROM jsonb_to_recordset($2::jsonb) AS i (id uuid, seq integer, unit text, scope jsonb, state jsonb, plan jsonb)`,
  row: z.never(),
});

export const insertEvent = pgStatement<
  [runId: string, itemId: string | null, kind: string, text: string, numbers: string]
>()({
  name: 'backfill.insertEvent',
  text: `
    INSERT INTO backfill_events (run_id, item_id, kind, text, numbers)
    VALUES ($1, $2, $3, $4, $5)`,
  row: z.never(),
});

/** The active run that the exclusion constraint would name. */
export const selectActiveRun = pgStatement<[customerId: string, fromDay: string, toDay: string]>()({
  name: 'backfill.selectActiveRun',
  text: `
    SELECT id, from_day, to_day, status
    FROM backfill_runs
    WHERE customer_id = $1
      AND daterange(from_day, to_day) && daterange($2::date, $3::date)
      AND status IN ('queued', 'running', 'needs attention')
    ORDER BY created_at
    LIMIT 1`,
  row: z
    .object({ id: z.string(), from_day: z.string(), to_day: z.string(), status: z.enum(runStatuses) })
    .transform((row) => ({ id: row.id, fromDay: row.from_day, toDay: row.to_day, status: row.status })),
});

/** Serializes everything that changes a run: controls and the worker's transitions take this lock first. */
export const lockRun = pgStatement<[runId: string]>()({
  name: 'backfill.lockRun',
  text: `
    SELECT id, customer_id, strategy, scope, status, cancel_after, confirmed, reason, held_by,
      held_until > clock_timestamp() AS held
    FROM backfill_runs
    WHERE id = $1
    FOR UPDATE`,
  row: z
    .object({
      id: z.string(),
      customer_id: z.string(),
      strategy: z.enum(strategyNames),
      scope: Scope,
      status: z.enum(runStatuses),
      cancel_after: z.enum(cancelPoints).nullable(),
      confirmed: z.array(z.string()),
      reason: z.string(),
      held_by: z.string().nullable(),
      held: z.boolean().nullable(),
    })
    .transform(({ customer_id, cancel_after, held_by, held, ...row }) => ({
      ...row,
      customerId: customer_id,
      cancelAfter: cancel_after,
      heldBy: held ? held_by : null,
    })),
});

/** Starts of one customer are one after the other, so that each sees what the one before it may delete. */
export const lockCustomer = pgStatement<[customerId: string]>()({
  name: 'backfill.lockCustomer',
  text: 'SELECT id FROM customers WHERE id = $1 FOR NO KEY UPDATE',
  row: z.object({ id: z.string() }),
});

/**
 * Label rows that runs of a customer deleted in the last hours without an approval, or are still to delete. It
 * does not matter who started them. A day that was cancelled before its delete counts nothing. Bounded by the customer's recent runs.
 */
export const sumUnapproved = pgStatement<[customerId: string, hours: number]>()({
  name: 'backfill.sumUnapproved',
  text: `
    SELECT coalesce(sum((i.plan ->> 'rowsToDelete')::bigint), 0)::bigint AS rows
    FROM backfill_runs r
    JOIN backfill_items i ON i.run_id = r.id
    WHERE r.customer_id = $1
      AND (r.ended_at IS NULL OR r.ended_at > now() - make_interval(hours => $2))
      AND i.status <> 'skipped'
      AND (i.status <> 'cancelled' OR EXISTS (
        SELECT FROM backfill_steps s WHERE s.item_id = i.id AND s.step = 'delete' AND s.status <> 'skipped'))
      AND NOT EXISTS (SELECT FROM approvals a WHERE a.used_by = r.id::text AND a.state = 'used')`,
  row: z.object({ rows: z.number() }).transform(({ rows }) => rows),
});

/** Sets the run's status; instants follow from it. */
export const updateRunStatus = pgStatement<[runId: string, status: string]>()({
  name: 'backfill.updateRunStatus',
  text: `
    UPDATE backfill_runs
    SET status = $2,
      started_at = coalesce(started_at, CASE WHEN $2 <> 'queued' THEN now() END),
      ended_at = CASE WHEN $2 IN ('verified', 'cancelled', 'closed') THEN now() END
    WHERE id = $1 AND status <> $2`,
  row: z.never(),
});

/** Begins a hold; it ends `$3` milliseconds from now unless it is kept. */
export const takeHold = pgStatement<[runId: string, by: string, leaseMs: number]>()({
  name: 'backfill.takeHold',
  text: `
    UPDATE backfill_runs
    SET held_by = $2, held_from = clock_timestamp(),
      held_until = clock_timestamp() + least($3, 60000) * interval '1 millisecond'
    WHERE id = $1`,
  row: z.never(),
});

/** Holds on, until a minute after the hold began at most. */
export const keepHold = pgStatement<[runId: string, leaseMs: number]>()({
  name: 'backfill.keepHold',
  text: `
    UPDATE backfill_runs
    SET held_until = least(held_from + interval '60 seconds', clock_timestamp() + $2 * interval '1 millisecond')
    WHERE id = $1`,
  row: z.never(),
});

export const endHold = pgStatement<[runId: string]>()({
  name: 'backfill.endHold',
  text: 'UPDATE backfill_runs SET held_by = NULL, held_from = NULL, held_until = NULL WHERE id = $1',
  row: z.never(),
});

export const updateCancelAfter = pgStatement<[runId: string, cancelAfter: string | null]>()({
  name: 'backfill.updateCancelAfter',
  text: 'UPDATE backfill_runs SET cancel_after = $2 WHERE id = $1',
  row: z.never(),
});

/** Seconds and rows of the customer's last verified days, for the expected time of the next. */
export const selectPace = pgStatement<[customerId: string]>()({
  name: 'backfill.selectPace',
  text: `
    SELECT (extract(epoch FROM i.ended_at - i.started_at))::float8 AS seconds,
      (i.plan ->> 'conversationsToRelabel')::float8 AS conversations
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE r.customer_id = $1 AND i.status = 'verified' AND i.started_at IS NOT NULL
    ORDER BY i.ended_at DESC
    LIMIT 20`,
  row: z.object({ seconds: z.number(), conversations: z.number() }),
});

export const itemStatusRow = z.object({ status: z.enum(itemStatuses) }).transform(({ status }) => status);
