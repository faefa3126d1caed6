import { z } from 'zod';
import type { Failure } from '@/lib/edge/model';
import { pgStatement } from '@/lib/postgres/statement';
import { aliveWorkers } from '@/lib/workers/sql';
import type { Plan } from '../../state/plan-model';
import { type PlanProgress, planRequestStatuses, planSteps, RequestPlan } from '../plan-request-model';

export const PlanJson = z.custom<Plan>((value) => typeof value === 'object' && value !== null);

/** Keeps a preview for a day, so that a start can name what changed since. Bounded by the primary key and the age. */
export const savePlan = pgStatement<[hash: string, plan: string]>()({
  name: 'backfill.savePlan',
  text: `
    WITH old AS (
      DELETE FROM backfill_plans WHERE created_at < now() - interval '1 day'
    ), old_requests AS (
      DELETE FROM plan_requests WHERE requested_at < now() - interval '1 day'
    )
    INSERT INTO backfill_plans (hash, plan)
    VALUES ($1, $2)
    ON CONFLICT (hash) DO UPDATE SET plan = excluded.plan, created_at = now()`,
  row: z.never(),
});

export const selectPlan = pgStatement<[hash: string]>()({
  name: 'backfill.selectPlan',
  text: 'SELECT plan FROM backfill_plans WHERE hash = $1',
  row: z.object({ plan: PlanJson }).transform(({ plan }) => plan),
});

/** One request of a person at a time counts theirs; the lock goes with the transaction. */
export const lockPlanRequests = pgStatement<[requestedBy: string]>()({
  name: 'backfill.lockPlanRequests',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('backfill.plan ' || $1, 0))`,
  row: z.unknown(),
});

export const countPlanRequests = pgStatement<[requestedBy: string]>()({
  name: 'backfill.countPlanRequests',
  text: `
    SELECT count(*)::integer AS active FROM plan_requests
    WHERE requested_by = $1 AND ended_at IS NULL AND cancel_requested_at IS NULL`,
  row: z.object({ active: z.number() }),
});

/** The equal request that waits or runs, or a new one. */
export const insertPlanRequest = pgStatement<[id: string, request: string, requestedBy: string]>()({
  name: 'backfill.insertPlanRequest',
  text: `
    INSERT INTO plan_requests (id, request, requested_by)
    VALUES ($1, $2, $3)
    ON CONFLICT (request) WHERE ended_at IS NULL AND cancel_requested_at IS NULL
    DO UPDATE SET looked_at = now()
    RETURNING id`,
  row: z.object({ id: z.string() }),
});

/** A worker that was killed left it running; the next one begins it again. */
export const beginPlanRequest = pgStatement<[id: string]>()({
  name: 'backfill.beginPlanRequest',
  text: `
    UPDATE plan_requests
    SET status = 'running', started_at = coalesce(started_at, now()), step = NULL, done = 0, total = NULL
    WHERE id = $1 AND ended_at IS NULL
    RETURNING request`,
  row: z.object({ request: RequestPlan }).transform(({ request }) => request),
});

export const savePlanProgress = pgStatement<[id: string, step: string, done: number, total: number]>()({
  name: 'backfill.savePlanProgress',
  text: 'UPDATE plan_requests SET step = $2, done = $3, total = $4 WHERE id = $1 AND ended_at IS NULL',
  row: z.never(),
});

export const endPlanRequest = pgStatement<
  [id: string, status: 'done' | 'failed' | 'cancelled', planHash: string | null, failure: string | null]
>()({
  name: 'backfill.endPlanRequest',
  text: `
    UPDATE plan_requests SET status = $2, plan_hash = $3, failure = $4, ended_at = now()
    WHERE id = $1 AND ended_at IS NULL`,
  row: z.never(),
});

/** Why a preview is to stop, or no row: a person cancelled it, or nobody looked at it for `$2` seconds. */
export const selectPlanStop = pgStatement<[id: string, secondsMax: number]>()({
  name: 'backfill.selectPlanStop',
  text: `
    SELECT CASE WHEN cancel_requested_at IS NOT NULL THEN 'cancelled' ELSE 'nobody waits' END AS why
    FROM plan_requests
    WHERE id = $1 AND (cancel_requested_at IS NOT NULL OR looked_at < now() - make_interval(secs => $2))`,
  row: z.object({ why: z.enum(['cancelled', 'nobody waits']) }),
});

/** One that still waits ends at once; one that runs is stopped by its worker. */
export const cancelPlanRequest = pgStatement<[id: string]>()({
  name: 'backfill.cancelPlanRequest',
  text: `
    UPDATE plan_requests
    SET cancel_requested_at = now(),
      status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END,
      ended_at = CASE status WHEN 'queued' THEN now() END
    WHERE id = $1 AND ended_at IS NULL
    RETURNING id`,
  row: z.object({ id: z.string() }),
});

export const lookAtPlanRequest = pgStatement<[id: string]>()({
  name: 'backfill.lookAtPlanRequest',
  text: `
    UPDATE plan_requests SET looked_at = now() WHERE id = $1 AND ended_at IS NULL`,
  row: z.never(),
});

/** `lookDue`: a look is to be written down, which is so every few seconds only, since a page looks more often. */
export const selectPlanRequest = pgStatement<[id: string]>()({
  name: 'backfill.selectPlanRequest',
  text: `
    SELECT r.id, r.status, r.step, r.done, r.total, r.requested_at, r.failure, p.plan,
      r.ended_at IS NULL AND r.looked_at < now() - interval '5 seconds' AS look_due,
      ${aliveWorkers} AS workers
    FROM plan_requests r
    LEFT JOIN backfill_plans p ON p.hash = r.plan_hash
    WHERE r.id = $1`,
  row: z
    .object({
      id: z.string(),
      status: z.enum(planRequestStatuses),
      step: z.enum(planSteps).nullable(),
      done: z.number(),
      total: z.number().nullable(),
      requested_at: z.date(),
      failure: z.custom<Failure>().nullable(),
      plan: PlanJson.nullable(),
      workers: z.number(),
      look_due: z.boolean(),
    })
    .transform(({ requested_at, look_due, ...row }): { progress: PlanProgress; lookDue: boolean } => ({
      progress: { ...row, requestedAtMs: requested_at.getTime() },
      lookDue: look_due,
    })),
});
