import { z } from 'zod';
import { Scope } from '@/lib/customers/model';
import { Pause, Stop } from '@/lib/holds/model';
import { stopJson } from '@/lib/holds/sql/stops';
import { pgStatement } from '@/lib/postgres/statement';
import { cancelPoints } from '../choice-model';
import { runStatuses } from '../model';
import { stepNames, strategyNames } from '../name-model';
import type { UnitPlan } from '../plan-model';
import { stepsWith } from '../states';
import { itemStatusRow } from './runs';
import { StateJson } from './state-json';

const instant = z.date().transform((at) => at.getTime());
export const UnitPlanJson = z.custom<UnitPlan>((value) => typeof value === 'object' && value !== null);

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
export const selectWork = pgStatement({
  name: 'backfill.select_work',
  text: `
    SELECT i.id, i.run_id, i.unit, i.scope, i.state, i.owner AS claim, i.version, i.plan, i.evidence, i.relabel_at, i.gap_from_at,
      ${begunSteps} AS begun,
      r.started_by, r.customer_id, r.strategy, r.scope AS run_scope, r.status AS run_status, r.cancel_after, r.confirmed, r.pause,
      ${stopJson} AS stop,
      r.plan ->> 'labelKey' AS label_key, r.plan ->> 'labelsTable' AS labels_table,
      r.plan ->> 'jobTemplate' AS job_template,
      r.plan -> 'jobParts' AS job_parts, coalesce((r.plan ->> 'needsApproval')::boolean, false) AS needs_approval
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE i.id = :itemId`,
  params: z.object({ itemId: z.string() }),
  row: z
    .object({
      id: z.string(),
      run_id: z.string(),
      unit: z.string(),
      scope: Scope,
      state: StateJson,
      claim: z.string().nullable(),
      version: z.number(),
      plan: UnitPlanJson,
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
      pause: Pause.nullable(),
      stop: Stop.nullable(),
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
      claim: row.claim,
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
      pause: row.pause,
      stop: row.stop,
      confirmed: row.confirmed,
      labelKey: row.label_key,
      labelsTable: row.labels_table,
      jobTemplate: row.job_template,
      jobParts: row.job_parts,
      needsApproval: row.needs_approval,
    })),
});
export type WorkRow = z.output<typeof selectWork.row>;

/** Claims the day for this worker: the column `owner` has the claim's id. An earlier claim can write nothing more. */
export const claimItem = pgStatement({
  name: 'backfill.claim_item',
  text: `
    UPDATE backfill_items
    SET owner = :claim, version = version + 1
    WHERE id = :itemId AND version = :version
    RETURNING version`,
  params: z.object({ itemId: z.string(), version: z.number(), claim: z.string() }),
  row: z.object({ version: z.number() }).transform(({ version }) => version),
});

/**
 * The compare-and-set of a day. No row back means that another worker or a person changed it meanwhile. Instants are
 * set once: started with the first step, the gap from the delete to the count of the labels that are back.
 */
export const updateItem = pgStatement({
  name: 'backfill.update_item',
  text: `
    UPDATE backfill_items
    SET state = :state::jsonb,
      status = :state::jsonb ->> 'status',
      attempt = (:state::jsonb ->> 'attempt')::integer,
      failure = :state::jsonb ->> 'sentence',
      evidence = evidence || :evidence::jsonb,
      owner = :newClaim,
      version = version + 1,
      started_at = coalesce(started_at, CASE WHEN :state::jsonb ->> 'status' NOT IN ('planned', 'skipped', 'cancelled') THEN now() END),
      ended_at = CASE WHEN :state::jsonb ->> 'status' IN ('verified', 'cancelled', 'skipped') THEN now() END,
      relabel_at = CASE WHEN 'relabel' = ANY (:marks::text[]) THEN now() ELSE relabel_at END,
      gap_from_at = CASE
        WHEN 'gap from' = ANY (:marks::text[]) THEN coalesce(gap_from_at,
          CASE WHEN :gapFromMs::float8 IS NOT NULL THEN least(now(), to_timestamp(:gapFromMs::float8 / 1000)) END,
          (SELECT min(s.started_at) FROM backfill_steps s
            WHERE s.item_id = :itemId AND s.step = 'delete' AND s.job_name IS NOT NULL),
          now())
        ELSE gap_from_at
      END,
      gap_to_at = CASE WHEN 'gap to' = ANY (:marks::text[]) THEN coalesce(gap_to_at, now()) ELSE gap_to_at END,
      gap_ms = CASE
        WHEN 'gap to' = ANY (:marks::text[]) THEN
          coalesce(gap_ms, round(extract(epoch FROM now() - coalesce(gap_from_at, now())) * 1000))
        WHEN 'no gap' = ANY (:marks::text[]) AND gap_from_at IS NULL THEN 0
        ELSE gap_ms
      END
    WHERE id = :itemId AND version = :version AND owner IS NOT DISTINCT FROM :claim
    RETURNING version`,
  params: z.object({
    itemId: z.string(),
    version: z.number(),
    claim: z.string().nullable(),
    state: z.string(),
    evidence: z.string(),
    marks: z.array(z.string()),
    newClaim: z.string().nullable(),
    gapFromMs: z.number().nullable(),
  }),
  row: z.object({ version: z.number() }).transform(({ version }) => version),
});

/** The states of a run's days, in order, and what was begun of each; at most as many as the range has days. */
export const selectItems = pgStatement({
  name: 'backfill.select_items',
  text: `
    SELECT i.id, i.unit, i.state, i.version, i.owner AS claim, ${begunSteps} AS begun
    FROM backfill_items i
    WHERE i.run_id = :runId
    ORDER BY i.seq`,
  params: z.object({ runId: z.string() }),
  row: z.object({
    id: z.string(),
    unit: z.string(),
    state: StateJson,
    version: z.number(),
    claim: z.string().nullable(),
    begun: z.array(z.enum(stepNames)),
  }),
});

export const selectItemStatuses = pgStatement({
  name: 'backfill.select_item_statuses',
  text: 'SELECT status FROM backfill_items WHERE run_id = :runId ORDER BY seq',
  params: z.object({ runId: z.string() }),
  row: itemStatusRow,
});
