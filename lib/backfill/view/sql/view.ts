import { z } from 'zod';
import { Scope } from '@/lib/customers/model';
import { pgStatement } from '@/lib/postgres/statement';
import { aliveWorkers } from '@/lib/workers/sql';
import { PlanJson } from '../../plan/sql/plans';
import { cancelPoints } from '../../state/command-model';
import { runStatuses } from '../../state/model';
import { begunSteps, UnitPlanJson } from '../../state/sql/items';
import { StateJson } from '../../state/sql/state-json';
import { stepNames } from '../../state/states';
import { strategyNames } from '../../state/strategies';

import { UndoneJson, undoneBy } from './run-list';
import { StepJson } from './steps';

const instant = z.date().transform((at) => at.getTime());
const ms = z.number().nullable();

/**
 * A run with its days, steps and newest 200 events in one statement, for a page polled each second. Bounded by the
 * range's days (366) and the attempts of their steps; log tails stay behind.
 */
export const selectRunView = pgStatement({
  name: 'backfill.select_run_view',
  text: `
    SELECT r.id, r.customer_id, r.strategy, r.from_day, r.to_day, r.scope, r.plan, r.status, r.cancel_after, r.reason,
      r.started_by, r.created_at, r.started_at, r.ended_at,
      CASE WHEN r.held_until > now() THEN jsonb_build_object(
        'by', r.held_by,
        'until', round(extract(epoch FROM r.held_from + interval '60 seconds') * 1000)) END AS hold,
      ${undoneBy} AS undone,
      (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'id', i.id, 'day', i.unit, 'scope', i.scope, 'state', i.state, 'plan', i.plan, 'evidence', i.evidence,
          'started_at', round(extract(epoch FROM i.started_at) * 1000),
          'ended_at', round(extract(epoch FROM i.ended_at) * 1000),
          'gap_from_at', round(extract(epoch FROM i.gap_from_at) * 1000),
          'gap_to_at', round(extract(epoch FROM i.gap_to_at) * 1000),
          'gap_ms', i.gap_ms, 'undone_by', i.undone_by, 'begun', ${begunSteps},
          'dropped', EXISTS (
            SELECT 1 FROM backup_drops d
            WHERE d.backup_id = concat(r.id, '/', i.unit, '/', i.state ->> 'backupAttempt'))) ORDER BY i.seq), '[]')
        FROM backfill_items i WHERE i.run_id = r.id) AS items,
      (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'item_id', s.item_id, 'attempt', s.attempt, 'step', s.step, 'status', s.status, 'job_name', s.job_name,
          'sentence', s.sentence, 'numbers', s.numbers, 'has_log', s.log_tail IS NOT NULL AND s.log_tail <> '',
          'started_at', round(extract(epoch FROM s.started_at) * 1000),
          'ended_at', round(extract(epoch FROM s.ended_at) * 1000)) ORDER BY s.attempt), '[]')
        FROM backfill_steps s JOIN backfill_items i ON i.id = s.item_id WHERE i.run_id = r.id) AS steps,
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
    plan: PlanJson,
    status: z.enum(runStatuses),
    cancel_after: z.enum(cancelPoints).nullable(),
    reason: z.string(),
    started_by: z.string(),
    created_at: instant,
    started_at: instant.nullable(),
    ended_at: instant.nullable(),
    hold: z.object({ by: z.string(), until: z.number() }).nullable(),
    undone: UndoneJson,
    items: z.array(
      z.object({
        id: z.string(),
        day: z.string(),
        scope: Scope,
        state: StateJson,
        plan: UnitPlanJson,
        evidence: z.record(z.string(), z.number()),
        started_at: ms,
        ended_at: ms,
        gap_from_at: ms,
        gap_to_at: ms,
        gap_ms: ms,
        undone_by: z.string().nullable(),
        begun: z.array(z.enum(stepNames)),
        dropped: z.boolean(),
      }),
    ),
    steps: z.array(StepJson),
    events: z.array(
      z.object({ id: z.number(), at: z.number(), kind: z.string(), text: z.string(), item_id: z.string().nullable() }),
    ),
    workers: z.number(),
    now: z.number(),
  }),
});
export type RunViewRow = z.output<typeof selectRunView.row>;
