import { z } from 'zod';
import { Scope } from '@/lib/customers/model';
import { JobSpec } from '@/lib/jobs/model';
import { pgStatement } from '@/lib/postgres/statement';
import { cancelPoints } from '../command-model';
import { runStatuses } from '../model';
import type { DayPlan } from '../plan-model';
import { stepNames, stepsWith } from '../states';
import { strategyNames } from '../strategies';
import { itemStatusRow } from './runs';
import { StateJson } from './state-json';

const instant = z.date().transform((at) => at.getTime());
export const DayPlanJson = z.custom<DayPlan>((value) => typeof value === 'object' && value !== null);

const changingSteps = stepsWith('deletes', 'writes')
  .map((step) => `'${step}'`)
  .join(', ');

/** Steps whose Job changes labels, by any attempt of the day `i`: they were launched, or may have been. */
export const begunSteps = `
  ARRAY(
    SELECT DISTINCT s.step
    FROM backfill_steps s
    WHERE s.item_id = i.id AND s.job_name IS NOT NULL AND s.step IN (${changingSteps}))`;

/** A day with what the worker needs of its run; one row by primary key. */
export const selectWork = pgStatement<[itemId: string]>()({
  name: 'backfill.selectWork',
  text: `
    SELECT i.id, i.run_id, i.unit, i.scope, i.state, i.owner, i.version, i.plan, i.evidence, i.relabel_at, i.gap_from_at,
      ${begunSteps} AS begun,
      r.started_by, r.customer_id, r.strategy, r.scope AS run_scope, r.status AS run_status, r.cancel_after, r.confirmed,
      r.plan ->> 'labelKey' AS label_key, r.plan ->> 'labelsTable' AS labels_table,
      r.plan ->> 'jobTemplate' AS job_template,
      r.plan -> 'jobParts' AS job_parts, coalesce((r.plan ->> 'needsApproval')::boolean, false) AS needs_approval
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE i.id = $1`,
  row: z
    .object({
      id: z.string(),
      run_id: z.string(),
      unit: z.string(),
      scope: Scope,
      state: StateJson,
      owner: z.string().nullable(),
      version: z.number(),
      plan: DayPlanJson,
      evidence: z.record(z.string(), z.number()),
      relabel_at: instant.nullable(),
      gap_from_at: instant.nullable(),
      begun: z.array(z.enum(stepNames)),
      started_by: z.string(),
      customer_id: z.string(),
      strategy: z.enum(strategyNames),
      run_scope: Scope,
      run_status: z.enum(runStatuses),
      cancel_after: z.enum(cancelPoints).nullable(),
      confirmed: z.array(z.string()),
      label_key: z.string(),
      labels_table: z.string(),
      job_template: z.string(),
      job_parts: z.record(z.string(), z.string()).nullable(),
      needs_approval: z.boolean(),
    })
    .transform((row) => ({
      itemId: row.id,
      runId: row.run_id,
      unit: row.unit,
      scope: row.scope,
      state: row.state,
      owner: row.owner,
      version: row.version,
      plan: row.plan,
      evidence: row.evidence,
      relabelAtMs: row.relabel_at,
      gapFromAtMs: row.gap_from_at,
      begun: row.begun,
      startedBy: row.started_by,
      customerId: row.customer_id,
      strategy: row.strategy,
      runScope: row.run_scope,
      runStatus: row.run_status,
      cancelAfter: row.cancel_after,
      confirmed: row.confirmed,
      labelKey: row.label_key,
      labelsTable: row.labels_table,
      jobTemplate: row.job_template,
      jobParts: row.job_parts,
      needsApproval: row.needs_approval,
    })),
});
export type WorkRow = z.output<typeof selectWork.row>;

/** Makes this worker the day's owner. The worker that had it before can write nothing more. */
export const claimItem = pgStatement<[itemId: string, version: number, owner: string]>()({
  name: 'backfill.claimItem',
  text: `
    UPDATE backfill_items
    SET owner = $3, version = version + 1
    WHERE id = $1 AND version = $2
    RETURNING version`,
  row: z.object({ version: z.number() }).transform(({ version }) => version),
});

/**
 * The compare-and-set of a day. No row back means that another worker or a person changed it meanwhile. Instants are
 * set once: started with the first step, the gap from the delete to the count of the labels that are back.
 */
export const updateItem = pgStatement<
  [
    itemId: string,
    version: number,
    owner: string | null,
    state: string,
    evidence: string,
    marks: string[],
    newOwner: string | null,
    gapFromMs: number | null,
  ]
>()({
  name: 'backfill.updateItem',
  text: `
    UPDATE backfill_items
    SET state = $4::jsonb,
      status = $4::jsonb ->> 'status',
      attempt = ($4::jsonb ->> 'attempt')::integer,
      failure = $4::jsonb ->> 'sentence',
      evidence = evidence || $5::jsonb,
      owner = $7,
      version = version + 1,
      started_at = coalesce(started_at, CASE WHEN $4::jsonb ->> 'status' NOT IN ('planned', 'skipped', 'cancelled') THEN now() END),
      ended_at = CASE WHEN $4::jsonb ->> 'status' IN ('verified', 'cancelled', 'skipped') THEN now() END,
      relabel_at = CASE WHEN 'relabel' = ANY ($6::text[]) THEN now() ELSE relabel_at END,
      gap_from_at = CASE
        WHEN 'gap from' = ANY ($6::text[]) THEN coalesce(gap_from_at,
          CASE WHEN $8::float8 IS NOT NULL THEN least(now(), to_timestamp($8::float8 / 1000)) END,
          (SELECT min(s.started_at) FROM backfill_steps s
            WHERE s.item_id = $1 AND s.step = 'delete' AND s.job_name IS NOT NULL),
          now())
        WHEN 'gap from restore' = ANY ($6::text[]) THEN coalesce(gap_from_at,
          (SELECT min(s.started_at) FROM backfill_steps s WHERE s.item_id = $1 AND s.step = 'restore'))
        ELSE gap_from_at
      END,
      gap_to_at = CASE WHEN 'gap to' = ANY ($6::text[]) THEN coalesce(gap_to_at, now()) ELSE gap_to_at END,
      gap_ms = CASE
        WHEN 'gap to' = ANY ($6::text[]) THEN coalesce(gap_ms, round(extract(epoch FROM now() - coalesce(
          gap_from_at,
          CASE WHEN 'gap from restore' = ANY ($6::text[]) THEN
            (SELECT min(s.started_at) FROM backfill_steps s WHERE s.item_id = $1 AND s.step = 'restore') END,
          now())) * 1000))
        WHEN 'no gap' = ANY ($6::text[]) AND gap_from_at IS NULL THEN 0
        ELSE gap_ms
      END
    WHERE id = $1 AND version = $2 AND owner IS NOT DISTINCT FROM $3
    RETURNING version`,
  row: z.object({ version: z.number() }).transform(({ version }) => version),
});

/** The states of a run's days, in order, and what was begun of each; at most as many as the range has days. */
export const selectItems = pgStatement<[runId: string]>()({
  name: 'backfill.selectItems',
  text: `
    SELECT i.id, i.unit, i.state, i.version, i.owner, ${begunSteps} AS begun
    FROM backfill_items i
    WHERE i.run_id = $1
    ORDER BY i.seq`,
  row: z.object({
    id: z.string(),
    unit: z.string(),
    state: StateJson,
    version: z.number(),
    owner: z.string().nullable(),
    begun: z.array(z.enum(stepNames)),
  }),
});

export const selectItemStatuses = pgStatement<[runId: string]>()({
  name: 'backfill.selectItemStatuses',
  text: 'SELECT status FROM backfill_items WHERE run_id = $1 ORDER BY seq',
  row: itemStatusRow,
});

/**
 * Writes down the step, its Job's name and spec before anything happens outside. Returns the
 * spec as it was first written; no row back means that this worker is not the day's owner any more, or, for a Job
 * that is not launched yet, that the run is held (`$8`) or to be stopped before it (`$9`). The run is locked, so that a
 * hold or a cancel either comes before the row or finds it.
 */
export const beginStep = pgStatement<
  [
    itemId: string,
    version: number,
    owner: string,
    attempt: number,
    step: string,
    jobName: string | null,
    jobSpec: string | null,
    mayBeHeld: boolean,
    mayBeStopped: boolean,
  ]
>()({
  name: 'backfill.beginStep',
  text: `
    INSERT INTO backfill_steps (item_id, attempt, step, status, job_name, job_spec)
    SELECT i.id, $4, $5, 'running', $6, $7::jsonb
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE i.id = $1 AND i.version = $2 AND i.owner = $3
      AND NOT ($8 AND r.held_until IS NOT NULL AND r.held_until > clock_timestamp())
      AND NOT ($9 AND r.cancel_after IS NOT NULL AND r.cancel_after = 'step')
    FOR SHARE OF r
    ON CONFLICT (item_id, attempt, step) DO UPDATE
    SET status = 'running', ended_at = NULL, job_name = coalesce(backfill_steps.job_name, excluded.job_name),
      job_spec = coalesce(backfill_steps.job_spec, excluded.job_spec)
    RETURNING job_spec`,
  row: z.object({ job_spec: JobSpec.nullable() }).transform((row) => ({ spec: row.job_spec })),
});

/** Why a step did not begin: milliseconds that the run is held for, or that it is to be stopped. No row: lost. */
export const selectGate = pgStatement<[itemId: string, version: number, owner: string]>()({
  name: 'backfill.selectGate',
  text: `
    SELECT greatest(0, round(extract(epoch FROM r.held_until - clock_timestamp()) * 1000))::float8 AS held_ms,
      coalesce(r.cancel_after = 'step', false) AS stop
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE i.id = $1 AND i.version = $2 AND i.owner = $3`,
  row: z
    .object({ held_ms: z.number().nullable(), stop: z.boolean() })
    .transform((row) => ({ heldMs: row.held_ms ?? 0, stop: row.stop })),
});

/** Ends a step with what it found; the Job's status and log tail are kept before anything is cleaned. */
export const endStep = pgStatement<
  [
    itemId: string,
    attempt: number,
    step: string,
    status: string,
    sentence: string,
    numbers: string,
    jobStatus: string | null,
    logTail: string | null,
  ]
>()({
  name: 'backfill.endStep',
  text: `
    INSERT INTO backfill_steps (item_id, attempt, step, status, sentence, numbers, job_status, log_tail, ended_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())
    ON CONFLICT (item_id, attempt, step) DO UPDATE
    SET status = excluded.status, sentence = excluded.sentence, numbers = excluded.numbers, ended_at = now(),
      job_status = coalesce(excluded.job_status, backfill_steps.job_status),
      log_tail = coalesce(excluded.log_tail, backfill_steps.log_tail)`,
  row: z.never(),
});

/** A running step's sentence and numbers, when they changed. */
export const noteStep = pgStatement<
  [itemId: string, attempt: number, step: string, sentence: string, numbers: string]
>()({
  name: 'backfill.noteStep',
  text: `
    UPDATE backfill_steps
    SET sentence = $4, numbers = $5
    WHERE item_id = $1 AND attempt = $2 AND step = $3 AND status = 'running'`,
  row: z.never(),
});
