import { z } from 'zod';
import { stopJson } from '@/lib/holds/sql/stops';
import { pgStatement } from '@/lib/postgres/statement';
import { aliveWorkers } from '@/lib/workers/sql';
import { stepNames, strategyNames } from '../../state/name-model';
import { MutationSample } from '../../state/samples-model';
import { StateJson } from '../../state/sql/state-json';

/** Verified units of a customer, the last ones first, whose times are looked at. */
const measuredMost = 20;

const Size = z.object({ rows: z.number(), conversations: z.number(), bytes: z.number(), restoredRows: z.number() });
const Sums = Size.extend({ units: z.number(), withRows: z.number() });

const number = (path: string) => `(i.plan ->> '${path}')::float8`;
const sizes = {
  rows: number('labelRows'),
  conversations: number('conversationsToRelabel'),
  bytes: number('bytesTouched'),
  restoredRows: `coalesce((i.plan -> 'undo' ->> 'rows')::float8, 0)`,
};
const sizeOfUnit = `jsonb_build_object(${Object.entries(sizes)
  .map(([name, size]) => `'${name}', ${size}`)
  .join(', ')})`;

const sumsOf = (status: string) => `(
        SELECT jsonb_build_object(
          'units', count(*), 'withRows', count(*) FILTER (WHERE (i.state ->> 'hasRows')::boolean),
          ${Object.entries(sizes)
            .map(([name, size]) => `'${name}', coalesce(sum(${size}), 0)`)
            .join(', ')})
        FROM backfill_items i
        WHERE i.run_id = r.id AND i.status = '${status}')`;

const msOf = (instant: string) => `round(extract(epoch FROM ${instant}) * 1000)`;

/**
 * A step lasts until the next one begins, but not while a run is paused between the two. The delete ends with its
 * mutation, so its own end does not count.
 */
const secondsOfSteps = `
          SELECT step, extract(epoch FROM
            least(coalesce(lead(started_at) OVER steps, ended_at), ended_at + interval '2 seconds') - started_at) AS seconds
          FROM backfill_steps s
          WHERE s.item_id = i.id AND s.attempt = i.attempt AND s.status = 'done'
          WINDOW steps AS (ORDER BY started_at, ended_at)`;

/**
 * What the progress of runs that are not over is made of: sums of the units that are to come and of those that are
 * verified, the few that were begun, and how long steps took in the customer's last units. Bounded by the units of the
 * runs, and by the customer's.
 */
export const selectRunWork = pgStatement({
  name: 'backfill.select_run_work',
  text: `
    SELECT r.id, r.strategy, ${msOf('now()')}::float8 AS now,
      ${aliveWorkers} = 0 OR r.pause IS NOT NULL OR ${stopJson} IS NOT NULL AS paused,
      ${sumsOf('planned')} AS planned,
      ${sumsOf('verified')} AS verified,
      (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'id', i.id, 'size', ${sizeOfUnit}, 'state', i.state,
          'steps', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
              'step', s.step, 'startedAtMs', ${msOf('s.started_at')}, 'samples', s.samples) ORDER BY s.started_at), '[]')
            FROM backfill_steps s
            WHERE s.item_id = i.id AND s.attempt = i.attempt)) ORDER BY i.seq), '[]')
        FROM backfill_items i
        WHERE i.run_id = r.id AND i.status NOT IN ('planned', 'verified', 'cancelled', 'skipped')) AS begun,
      (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'isOwn', i.run_id = r.id, 'size', ${sizeOfUnit},
          'startedAtMs', ${msOf('i.started_at')}, 'endedAtMs', ${msOf('i.ended_at')},
          'seconds', (
            SELECT coalesce(jsonb_object_agg(t.step, greatest(0, t.seconds)), '{}')
            FROM (${secondsOfSteps}) t))), '[]')
        FROM (
          SELECT i.*
          FROM backfill_items i
          JOIN backfill_runs p ON p.id = i.run_id
          WHERE p.customer_id = r.customer_id AND i.status = 'verified' AND i.started_at IS NOT NULL
          ORDER BY i.ended_at DESC
          LIMIT ${measuredMost}) i) AS measured,
      (SELECT extract(epoch FROM s.ended_at - s.started_at)::float8
        FROM backfill_items i
        JOIN backfill_steps s ON s.item_id = i.id
        WHERE i.run_id = r.id AND s.step = 'snapshot' AND s.status = 'done'
        ORDER BY i.seq, s.attempt DESC
        LIMIT 1) AS snapshot_seconds
    FROM backfill_runs r
    WHERE r.id = ANY (:runIds::uuid[])
      AND r.status IN ('queued', 'running', 'needs attention')`,
  params: z.object({ runIds: z.array(z.string()) }),
  row: z.object({
    id: z.string(),
    strategy: z.enum(strategyNames),
    paused: z.boolean(),
    now: z.number(),
    planned: Sums,
    verified: Sums,
    begun: z.array(
      z.object({
        id: z.string(),
        size: Size,
        state: StateJson,
        steps: z.array(
          z.object({ step: z.enum(stepNames), startedAtMs: z.number(), samples: z.array(MutationSample) }),
        ),
      }),
    ),
    measured: z.array(
      z.object({
        isOwn: z.boolean(),
        size: Size,
        startedAtMs: z.number(),
        endedAtMs: z.number(),
        seconds: z.partialRecord(z.enum(stepNames), z.number()),
      }),
    ),
    snapshot_seconds: z.number().nullable(),
  }),
});
export type RunWorkRow = z.output<typeof selectRunWork.row>;
