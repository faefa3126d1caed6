import { z } from 'zod';
import { Scope } from '@/lib/customers/model';
import { Pause, pauseCauses, Stop } from '@/lib/holds/model';
import { stopJson } from '@/lib/holds/sql/stops';
import { pgStatement } from '@/lib/postgres/statement';
import { cancelPoints } from '../choice-model';
import { runStatuses } from '../model';
import { itemStatuses, strategyNames } from '../name-model';

/** The exclusion constraint `backfill_runs_one_active` refuses a second active run of an overlapping range. */
export const insertRun = pgStatement({
  name: 'backfill.insert_run',
  text: `
    INSERT INTO backfill_runs
      (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, confirmed, status, reason, started_by, undo_of,
        campaign_id)
    VALUES (:id, :customerId, :strategy, :fromDay, :toDay, :scope, :plan, :planHash, :confirmed, 'queued', :reason,
      :startedBy, :undoOf, :campaignId)`,
  params: z.object({
    id: z.string(),
    customerId: z.string(),
    strategy: z.string(),
    fromDay: z.string(),
    toDay: z.string(),
    scope: z.string(),
    plan: z.string(),
    planHash: z.string(),
    confirmed: z.array(z.string()),
    reason: z.string(),
    startedBy: z.string(),
    undoOf: z.string().nullable(),
    campaignId: z.string().nullable(),
  }),
  row: z.never(),
});

/** All days of a run in one statement; `:items` is a JSON array of rows. */
export const insertItems = pgStatement({
  name: 'backfill.insert_items',
  text: `
    INSERT INTO backfill_items (id, run_id, seq, unit, day, scope, status, state, plan, failure, ended_at)
    SELECT i.id, :runId, i.seq, i.unit, left(i.unit, 10)::date, i.scope, i.state ->> 'status', i.state, i.plan, i.state ->> 'sentence',
      CASE WHEN i.state ->> 'status' = 'skipped' THEN now() END
    FROM jsonb_to_recordset(:items::jsonb) AS i (id uuid, seq integer, unit text, scope jsonb, state jsonb, plan jsonb)`,
  params: z.object({ runId: z.string(), items: z.string() }),
  row: z.never(),
});

export const insertEvent = pgStatement({
  name: 'backfill.insert_event',
  text: `
    INSERT INTO backfill_events (run_id, item_id, kind, text, numbers)
    VALUES (:runId, :itemId, :kind, :text, :numbers)`,
  params: z.object({
    runId: z.string(),
    itemId: z.string().nullable(),
    kind: z.string(),
    text: z.string(),
    numbers: z.string(),
  }),
  row: z.never(),
});

/** The active run that the exclusion constraint would name. */
export const selectActiveRun = pgStatement({
  name: 'backfill.select_active_run',
  text: `
    SELECT id, from_day, to_day, status
    FROM backfill_runs
    WHERE customer_id = :customerId
      AND daterange(from_day, to_day) && daterange(:fromDay::date, :toDay::date)
      AND status IN ('queued', 'running', 'needs attention')
    ORDER BY created_at
    LIMIT 1`,
  params: z.object({ customerId: z.string(), fromDay: z.string(), toDay: z.string() }),
  row: z
    .object({ id: z.string(), from_day: z.string(), to_day: z.string(), status: z.enum(runStatuses) })
    .transform((row) => ({ id: row.id, fromDay: row.from_day, toDay: row.to_day, status: row.status })),
});

/** Serializes everything that changes a run: controls and the worker's transitions take this lock first. */
export const lockRun = pgStatement({
  name: 'backfill.lock_run',
  text: `
    SELECT id, customer_id, strategy, scope, status, cancel_after, confirmed, reason, held_by, pause,
      ${stopJson} AS stop, held_until > clock_timestamp() AS held
    FROM backfill_runs
    WHERE id = :runId
    FOR UPDATE`,
  params: z.object({ runId: z.string() }),
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
      pause: Pause.nullable(),
      stop: Stop.nullable(),
      held_by: z.string().nullable(),
      held: z.boolean().nullable(),
    })
    .transform(({ customer_id, cancel_after, held_by, held, ...row }) => ({
      ...row,
      customerId: customer_id,
      cancelAfter: cancel_after,
      stayedBy: held ? held_by : null,
    })),
});

/** Starts of one customer are one after the other, so that each sees what the one before it may delete. */
export const lockCustomer = pgStatement({
  name: 'backfill.lock_customer',
  text: 'SELECT id FROM customers WHERE id = :customerId FOR NO KEY UPDATE',
  params: z.object({ customerId: z.string() }),
  row: z.object({ id: z.string() }),
});

/**
 * Label rows that runs of a customer deleted in the last hours without an approval, or are still to delete. It does not
 * matter who started them. A day that was cancelled before its delete counts nothing. Bounded by the customer's recent
 * runs.
 */
export const sumUnapproved = pgStatement({
  name: 'backfill.sum_unapproved',
  text: `
    SELECT coalesce(sum((i.plan ->> 'rowsToDelete')::bigint), 0)::bigint AS rows
    FROM backfill_runs r
    JOIN backfill_items i ON i.run_id = r.id
    WHERE r.customer_id = :customerId
      AND (r.ended_at IS NULL OR r.ended_at > now() - make_interval(hours => :hours))
      AND i.status <> 'skipped'
      AND (i.status <> 'cancelled' OR EXISTS (
        SELECT FROM backfill_steps s WHERE s.item_id = i.id AND s.step = 'delete' AND s.status <> 'skipped'))
      AND NOT EXISTS (
        SELECT FROM approvals a WHERE a.used_by IN (
          r.id::text, r.campaign_id::text, (SELECT c.order_id::text FROM campaigns c WHERE c.id = r.campaign_id)) AND a.state = 'used')`,
  params: z.object({ customerId: z.string(), hours: z.number() }),
  row: z.object({ rows: z.number() }).transform(({ rows }) => rows),
});

/** Begins a stay; it ends `:leaseMs` milliseconds from now unless it is kept. */
export const takeStay = pgStatement({
  name: 'backfill.take_stay',
  text: `
    UPDATE backfill_runs
    SET held_by = :by, held_from = clock_timestamp(),
      held_until = clock_timestamp() + least(:leaseMs, 60000) * interval '1 millisecond'
    WHERE id = :runId`,
  params: z.object({ runId: z.string(), by: z.string(), leaseMs: z.number() }),
  row: z.never(),
});

/** Keeps the stay, until a minute after it began at most. */
export const keepStay = pgStatement({
  name: 'backfill.keep_stay',
  text: `
    UPDATE backfill_runs
    SET held_until = least(held_from + interval '60 seconds', clock_timestamp() + :leaseMs * interval '1 millisecond')
    WHERE id = :runId`,
  params: z.object({ runId: z.string(), leaseMs: z.number() }),
  row: z.never(),
});

export const endStay = pgStatement({
  name: 'backfill.end_stay',
  text: 'UPDATE backfill_runs SET held_by = NULL, held_from = NULL, held_until = NULL WHERE id = :runId',
  params: z.object({ runId: z.string() }),
  row: z.never(),
});

/** Pauses the run, or lets it go on with null. */
export const updatePause = pgStatement({
  name: 'backfill.update_pause',
  text: 'UPDATE backfill_runs SET pause = :pause::jsonb WHERE id = :runId',
  params: z.object({ runId: z.string(), pause: z.string().nullable() }),
  row: z.never(),
});

/** Active runs that wait for a hold, or with NULL those that no pause of their own keeps. Bounded by the active runs. */
export const selectPausedRuns = pgStatement({
  name: 'backfill.select_paused_runs',
  text: `
    SELECT id, customer_id, scope, pause ->> 'reason' AS reason
    FROM backfill_runs
    WHERE status IN ('queued', 'running')
      AND pause ->> 'cause' IS NOT DISTINCT FROM :cause
    ORDER BY created_at`,
  params: z.object({ cause: z.enum(pauseCauses).nullable() }),
  row: z
    .object({ id: z.string(), customer_id: z.string(), scope: Scope, reason: z.string().nullable() })
    .transform(({ customer_id, ...row }) => ({ ...row, customerId: customer_id })),
});

export const updateCancelAfter = pgStatement({
  name: 'backfill.update_cancel_after',
  text: 'UPDATE backfill_runs SET cancel_after = :cancelAfter WHERE id = :runId',
  params: z.object({ runId: z.string(), cancelAfter: z.string().nullable() }),
  row: z.never(),
});

/** Seconds and rows of the customer's last verified days, for the expected time of the next. */
export const selectPace = pgStatement({
  name: 'backfill.select_pace',
  text: `
    SELECT (extract(epoch FROM i.ended_at - i.started_at))::float8 AS seconds,
      (i.plan ->> 'conversationsToRelabel')::float8 AS conversations
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE r.customer_id = :customerId AND i.status = 'verified' AND i.started_at IS NOT NULL
    ORDER BY i.ended_at DESC
    LIMIT 20`,
  params: z.object({ customerId: z.string() }),
  row: z.object({ seconds: z.number(), conversations: z.number() }),
});

export const itemStatusRow = z.object({ status: z.enum(itemStatuses) }).transform(({ status }) => status);
