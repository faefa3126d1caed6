import { z } from 'zod';
import type { Failure } from '@/lib/edge/model';
import { hasNoJob, ofQueue } from '@/lib/postgres/lost-jobs';
import { pgStatement } from '@/lib/postgres/statement';
import { aliveWorkers } from '@/lib/workers/sql';
import type { Plan } from '../../state/plan-model';
import { type PlanProgress, planRequestStatuses, RequestPlan } from '../plan-request-model';
import { planSteps } from '../step-model';

export const PlanJson = z.custom<Plan>((value) => typeof value === 'object' && value !== null);

/** Keeps a preview, so that a start can name what changed since. Bounded by the primary key. */
export const savePlan = pgStatement({
  name: 'backfill.save_plan',
  text: `
    INSERT INTO backfill_plans (hash, plan)
    VALUES (:hash, :plan)
    ON CONFLICT (hash) DO UPDATE SET plan = excluded.plan, created_at = now()`,
  params: z.object({ hash: z.string(), plan: z.string() }),
  row: z.never(),
});

export const selectPlan = pgStatement({
  name: 'backfill.select_plan',
  text: 'SELECT plan FROM backfill_plans WHERE hash = :hash',
  params: z.object({ hash: z.string() }),
  row: z.object({ plan: PlanJson }).transform(({ plan }) => plan),
});

/** One request of a person at a time counts theirs; the lock goes with the transaction. */
export const lockPlanRequests = pgStatement({
  name: 'backfill.lock_plan_requests',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('backfill.plan ' || :requestedBy, 0))`,
  params: z.object({ requestedBy: z.string() }),
  row: z.unknown(),
});

export const countPlanRequests = pgStatement({
  name: 'backfill.count_plan_requests',
  text: `
    SELECT count(*)::integer AS active FROM plan_requests
    WHERE requested_by = :requestedBy AND ended_at IS NULL AND cancel_requested_at IS NULL`,
  params: z.object({ requestedBy: z.string() }),
  row: z.object({ active: z.number() }),
});

/** The equal request that waits or runs, or a new one. */
export const insertPlanRequest = pgStatement({
  name: 'backfill.insert_plan_request',
  text: `
    INSERT INTO plan_requests (id, request, requested_by)
    VALUES (:id, :request, :requestedBy)
    ON CONFLICT (request) WHERE ended_at IS NULL AND cancel_requested_at IS NULL
    DO UPDATE SET looked_at = now()
    RETURNING id`,
  params: z.object({ id: z.string(), request: z.string(), requestedBy: z.string() }),
  row: z.object({ id: z.string() }),
});

/** Requests that are to be made and have no job. */
export const selectPlansWithoutJob = pgStatement({
  name: 'backfill.select_plans_without_job',
  text: `SELECT id FROM plan_requests WHERE ended_at IS NULL AND ${hasNoJob("jsonb_build_object('planId', id)")}`,
  params: ofQueue,
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});

/** A worker that was killed left it running; the next one begins it again. */
export const beginPlanRequest = pgStatement({
  name: 'backfill.begin_plan_request',
  text: `
    UPDATE plan_requests
    SET status = 'running', started_at = coalesce(started_at, now()), step = NULL, done = 0, total = NULL
    WHERE id = :id AND ended_at IS NULL
    RETURNING request`,
  params: z.object({ id: z.string() }),
  row: z.object({ request: RequestPlan }).transform(({ request }) => request),
});

export const savePlanProgress = pgStatement({
  name: 'backfill.save_plan_progress',
  text: 'UPDATE plan_requests SET step = :step, done = :done, total = :total WHERE id = :id AND ended_at IS NULL',
  params: z.object({ id: z.string(), step: z.string(), done: z.number(), total: z.number() }),
  row: z.never(),
});

export const endPlanRequest = pgStatement({
  name: 'backfill.end_plan_request',
  text: `
    UPDATE plan_requests SET status = :status, plan_hash = :planHash, failure = :failure, ended_at = now()
    WHERE id = :id AND ended_at IS NULL`,
  params: z.object({
    id: z.string(),
    status: z.enum(['done', 'failed', 'cancelled']),
    planHash: z.string().nullable(),
    failure: z.string().nullable(),
  }),
  row: z.never(),
});

/** Why a preview is to stop, or no row: a person cancelled it, or nobody looked at it for `:secondsMax` seconds. */
export const selectPlanStop = pgStatement({
  name: 'backfill.select_plan_stop',
  text: `
    SELECT CASE WHEN cancel_requested_at IS NOT NULL THEN 'cancelled' ELSE 'nobody waits' END AS why
    FROM plan_requests
    WHERE id = :id AND (cancel_requested_at IS NOT NULL OR looked_at < now() - make_interval(secs => :secondsMax))`,
  params: z.object({ id: z.string(), secondsMax: z.number() }),
  row: z.object({ why: z.enum(['cancelled', 'nobody waits']) }),
});

/** One that still waits ends at once; one that runs is stopped by its worker. */
export const cancelPlanRequest = pgStatement({
  name: 'backfill.cancel_plan_request',
  text: `
    UPDATE plan_requests
    SET cancel_requested_at = now(),
      status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END,
      ended_at = CASE status WHEN 'queued' THEN now() END
    WHERE id = :id AND ended_at IS NULL
    RETURNING id`,
  params: z.object({ id: z.string() }),
  row: z.object({ id: z.string() }),
});

export const lookAtPlanRequest = pgStatement({
  name: 'backfill.look_at_plan_request',
  text: `
    UPDATE plan_requests SET looked_at = now() WHERE id = :id AND ended_at IS NULL`,
  params: z.object({ id: z.string() }),
  row: z.never(),
});

/** `lookDue`: a look is to be written down, which is so every few seconds only, since a page looks more often. */
export const selectPlanRequest = pgStatement({
  name: 'backfill.select_plan_request',
  text: `
    SELECT r.id, r.status, r.step, r.done, r.total, r.requested_at, r.failure, p.plan,
      r.ended_at IS NULL AND r.looked_at < now() - interval '5 seconds' AS look_due,
      ${aliveWorkers} AS workers
    FROM plan_requests r
    LEFT JOIN backfill_plans p ON p.hash = r.plan_hash
    WHERE r.id = :id`,
  params: z.object({ id: z.string() }),
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
