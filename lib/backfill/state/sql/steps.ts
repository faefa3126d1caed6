import { z } from 'zod';
import { JobSpec } from '@/lib/jobs/model';
import { pgStatement } from '@/lib/postgres/statement';
import { MutationSample } from '../samples-model';

/**
 * Writes down the step, its Job's name and spec before anything happens outside. Returns the
 * spec as it was first written; no row back means that this worker's claim of the day was taken over, or, for a Job
 * that is not launched yet, that the run is stayed (`:mayBeStayed`), to be stopped before it (`:mayBeStopped`) or paused
 * (`:mayBeParked`). The run is locked, so that a stay, a cancel or a pause either comes before the row or finds it.
 */
export const beginStep = pgStatement({
  name: 'backfill.begin_step',
  text: `
    INSERT INTO backfill_steps (item_id, attempt, step, status, job_name, job_spec)
    SELECT i.id, :attempt, :step, 'running', :jobName, :jobSpec::jsonb
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE i.id = :itemId AND i.version = :version AND i.owner = :claim
      AND NOT (:mayBeStayed AND r.held_until IS NOT NULL AND r.held_until > clock_timestamp())
      AND NOT (:mayBeStopped AND r.cancel_after IS NOT NULL AND r.cancel_after = 'step')
      AND NOT (:mayBeParked AND (r.pause IS NOT NULL OR EXISTS (SELECT FROM stops s WHERE s.lifted_at IS NULL)))
    FOR SHARE OF r
    ON CONFLICT (item_id, attempt, step) DO UPDATE
    SET status = 'running', ended_at = NULL, job_name = coalesce(backfill_steps.job_name, excluded.job_name),
      job_spec = coalesce(backfill_steps.job_spec, excluded.job_spec)
    RETURNING job_spec`,
  params: z.object({
    itemId: z.string(),
    version: z.number(),
    claim: z.string(),
    attempt: z.number(),
    step: z.string(),
    jobName: z.string().nullable(),
    jobSpec: z.string().nullable(),
    mayBeStayed: z.boolean(),
    mayBeStopped: z.boolean(),
    mayBeParked: z.boolean(),
  }),
  row: z.object({ job_spec: JobSpec.nullable() }).transform((row) => ({ spec: row.job_spec })),
});

/**
 * Why a step did not begin: milliseconds that the run is stayed for, or that it is to be stopped or paused. No row:
 * lost.
 */
export const selectGate = pgStatement({
  name: 'backfill.select_gate',
  text: `
    SELECT greatest(0, round(extract(epoch FROM r.held_until - clock_timestamp()) * 1000))::float8 AS stay_ms,
      coalesce(r.cancel_after = 'step', false) AS stop,
      r.pause IS NOT NULL OR EXISTS (SELECT FROM stops s WHERE s.lifted_at IS NULL) AS park
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE i.id = :itemId AND i.version = :version AND i.owner = :claim`,
  params: z.object({ itemId: z.string(), version: z.number(), claim: z.string() }),
  row: z
    .object({ stay_ms: z.number().nullable(), stop: z.boolean(), park: z.boolean() })
    .transform((row) => ({ stayMs: row.stay_ms ?? 0, stop: row.stop, park: row.park })),
});

/**
 * Ends a step with what it found, and returns its seconds; the Job's status and log tail are kept before anything is
 * cleaned.
 */
export const endStep = pgStatement({
  name: 'backfill.end_step',
  text: `
    INSERT INTO backfill_steps (item_id, attempt, step, status, sentence, numbers, job_status, log_tail, ended_at)
    VALUES (:itemId, :attempt, :step, :status, :sentence, :numbers, :jobStatus, :logTail, now())
    ON CONFLICT (item_id, attempt, step) DO UPDATE
    SET status = excluded.status, sentence = excluded.sentence, numbers = excluded.numbers, ended_at = now(),
      job_status = coalesce(excluded.job_status, backfill_steps.job_status),
      log_tail = coalesce(excluded.log_tail, backfill_steps.log_tail)
    RETURNING extract(epoch FROM ended_at - started_at)::float8 AS seconds`,
  params: z.object({
    itemId: z.string(),
    attempt: z.number(),
    step: z.string(),
    status: z.string(),
    sentence: z.string(),
    numbers: z.string(),
    jobStatus: z.string().nullable(),
    logTail: z.string().nullable(),
  }),
  row: z.object({ seconds: z.number() }).transform(({ seconds }) => seconds),
});

/** A running step's sentence and numbers, when they changed. */
export const noteStep = pgStatement({
  name: 'backfill.note_step',
  text: `
    UPDATE backfill_steps
    SET sentence = :sentence, numbers = :numbers
    WHERE item_id = :itemId AND attempt = :attempt AND step = :step AND status = 'running'`,
  params: z.object({
    itemId: z.string(),
    attempt: z.number(),
    step: z.string(),
    sentence: z.string(),
    numbers: z.string(),
  }),
  row: z.never(),
});

const SamplesParams = z.object({ itemId: z.string(), attempt: z.number(), step: z.string() });

/** The samples of a step so far. */
export const selectSamples = pgStatement({
  name: 'backfill.select_samples',
  text: `
    SELECT samples
    FROM backfill_steps
    WHERE item_id = :itemId AND attempt = :attempt AND step = :step`,
  params: SamplesParams,
  row: z.object({ samples: z.array(MutationSample) }).transform(({ samples }) => samples),
});

/** Replaces the samples of a running step; `:samples` is a JSON array. */
export const noteSamples = pgStatement({
  name: 'backfill.note_samples',
  text: `
    UPDATE backfill_steps
    SET samples = :samples::jsonb
    WHERE item_id = :itemId AND attempt = :attempt AND step = :step AND status = 'running'`,
  params: SamplesParams.extend({ samples: z.string() }),
  row: z.never(),
});
