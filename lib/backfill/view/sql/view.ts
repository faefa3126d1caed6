import { z } from 'zod';
import { Scope } from '@/lib/customers/model';
import type { Origins } from '@/lib/detection/why-model';
import { Pause, Stop } from '@/lib/holds/model';
import { stopJson } from '@/lib/holds/sql/stops';
import { pgStatement } from '@/lib/postgres/statement';
import { aliveWorkers } from '@/lib/workers/sql';
import { cancelPoints, unitChoices } from '../../state/choice-model';
import { runStatuses } from '../../state/model';
import { stepNames, strategyNames } from '../../state/name-model';
import { begunSteps, UnitPlanJson } from '../../state/sql/items';
import { StateJson } from '../../state/sql/state-json';

import { UndoneJson, undoneBy } from './run-list';
import { StepJson } from './steps';

const instant = z.date().transform((at) => at.getTime());
const ms = z.number().nullable();

/** True where the backup of the unit `i` was dropped. */
export const isDropped = `EXISTS (
          SELECT FROM backup_drops d
          WHERE d.backup_id = concat(i.run_id, '/', i.unit, '/', i.state ->> 'backupAttempt'))`;

const gapColumns = `
          'gap_from_at', round(extract(epoch FROM i.gap_from_at) * 1000),
          'gap_to_at', round(extract(epoch FROM i.gap_to_at) * 1000),
          'gap_ms', i.gap_ms`;

/**
 * A run with what its summary needs of every unit, and its newest 200 events, in one statement, for a page polled each
 * second. Some 600 bytes a unit; plans, steps and log tails stay behind.
 */
export const selectRunView = pgStatement({
  name: 'backfill.select_run_view',
  text: `
    SELECT r.id, r.customer_id, r.strategy, r.from_day, r.to_day, r.scope, r.status, r.cancel_after, r.reason, r.pause,
      ${stopJson} AS stop,
      r.started_by, r.created_at, r.started_at, r.ended_at, r.why,
      (r.plan ->> 'rowsToDelete')::bigint AS rows_to_delete,
      coalesce((r.plan ->> 'needsApproval')::boolean, false) AS needs_approval,
      r.plan -> 'undoOf' ->> 'runId' AS undo_of, r.campaign_id,
      r.plan ->> 'unitChoice' AS unit_choice,
      (SELECT c.order_id FROM campaigns c WHERE c.id = r.campaign_id) AS order_id,
      EXISTS (
        SELECT FROM backfill_items i
        WHERE i.run_id = r.id AND i.state ->> 'backupAttempt' IS NOT NULL AND NOT ${isDropped}) AS has_backup,
      CASE WHEN r.held_until > now() THEN jsonb_build_object(
        'by', r.held_by,
        'until', round(extract(epoch FROM r.held_from + interval '60 seconds') * 1000)) END AS stay,
      ${undoneBy} AS undone,
      (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'id', i.id, 'unit', i.unit, 'state', i.state, 'evidence', i.evidence, 'skip', i.plan ->> 'skip',
          'rows_to_delete', (i.plan ->> 'rowsToDelete')::bigint, 'label_rows', (i.plan ->> 'labelRows')::bigint,
          'changed', (SELECT (d.summary ->> 'changed')::bigint FROM difference_sets d WHERE d.item_id = i.id),
          'days', jsonb_array_length(i.plan -> 'days'),
          'affected', (
            SELECT coalesce(sum((d.day -> 'counts' ->> 'affected')::bigint), 0)
            FROM jsonb_array_elements(i.plan -> 'days') AS d (day)),
          'begun', CASE WHEN i.status IN ('planned', 'verified', 'cancelled', 'skipped') THEN ARRAY[]::text[] ELSE ${begunSteps} END,
          ${gapColumns}) ORDER BY i.seq), '[]')
        FROM backfill_items i WHERE i.run_id = r.id) AS units,
      (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'id', e.id, 'at', round(extract(epoch FROM e.at) * 1000), 'kind', e.kind, 'text', e.text,
          'item_id', e.item_id) ORDER BY e.id), '[]')
        FROM (SELECT * FROM backfill_events WHERE run_id = r.id ORDER BY id DESC LIMIT 200) e) AS events,
      ${aliveWorkers} AS workers,
      round(extract(epoch FROM now()) * 1000)::bigint AS now
    FROM backfill_runs r
    WHERE r.id = :runId`,
  params: z.object({ runId: z.string() }),
  row: z.object({
    id: z.string(),
    customer_id: z.string(),
    strategy: z.enum(strategyNames),
    from_day: z.string(),
    to_day: z.string(),
    scope: Scope,
    status: z.enum(runStatuses),
    cancel_after: z.enum(cancelPoints).nullable(),
    pause: Pause.nullable(),
    stop: Stop.nullable(),
    reason: z.string(),
    started_by: z.string(),
    why: z.custom<Origins>().nullable(),
    created_at: instant,
    started_at: instant.nullable(),
    ended_at: instant.nullable(),
    rows_to_delete: z.number(),
    needs_approval: z.boolean(),
    undo_of: z.string().nullable(),
    campaign_id: z.string().nullable(),
    unit_choice: z.enum(unitChoices).nullable(),
    order_id: z.string().nullable(),
    has_backup: z.boolean(),
    stay: z.object({ by: z.string(), until: z.number() }).nullable(),
    undone: UndoneJson,
    units: z.array(
      z.object({
        id: z.string(),
        unit: z.string(),
        state: StateJson,
        evidence: z.record(z.string(), z.number()),
        skip: z.string().nullable(),
        rows_to_delete: z.number(),
        label_rows: z.number(),
        changed: z.number().nullable(),
        days: z.number(),
        affected: z.number(),
        begun: z.array(z.enum(stepNames)),
        gap_from_at: ms,
        gap_to_at: ms,
        gap_ms: ms,
      }),
    ),
    events: z.array(
      z.object({ id: z.number(), at: z.number(), kind: z.string(), text: z.string(), item_id: z.string().nullable() }),
    ),
    workers: z.number(),
    now: z.number(),
  }),
});
export type RunViewRow = z.output<typeof selectRunView.row>;
export type UnitRow = RunViewRow['units'][number];

/** What a page shows of some units of a run, in their order: at most a page of them. */
export const selectUnitViews = pgStatement({
  name: 'backfill.select_unit_views',
  text: `
    SELECT i.id, i.scope, i.plan, i.undone_by, i.started_at, i.ended_at, ${begunSteps} AS begun,
      ${isDropped} AS dropped,
      (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'item_id', s.item_id, 'attempt', s.attempt, 'step', s.step, 'status', s.status, 'job_name', s.job_name,
          'sentence', s.sentence, 'numbers', s.numbers, 'has_log', s.log_tail IS NOT NULL AND s.log_tail <> '',
          'started_at', round(extract(epoch FROM s.started_at) * 1000),
          'ended_at', round(extract(epoch FROM s.ended_at) * 1000)) ORDER BY s.attempt), '[]')
        FROM backfill_steps s WHERE s.item_id = i.id) AS steps
    FROM backfill_items i
    WHERE i.id = ANY (:itemIds::uuid[])
    ORDER BY i.seq`,
  params: z.object({ itemIds: z.array(z.string()) }),
  row: z.object({
    id: z.string(),
    scope: Scope,
    plan: UnitPlanJson,
    undone_by: z.string().nullable(),
    started_at: instant.nullable(),
    ended_at: instant.nullable(),
    begun: z.array(z.enum(stepNames)),
    dropped: z.boolean(),
    steps: z.array(StepJson),
  }),
});
export type UnitViewRow = z.output<typeof selectUnitViews.row>;
