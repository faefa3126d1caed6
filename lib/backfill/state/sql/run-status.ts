import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { runStatuses } from '../model';
import { strategyNames } from '../name-model';
import { type LabelsAre, labelsAre } from '../states';

const allLabels = Object.keys(labelsAre) as LabelsAre[];

/**
 * Sets the run's status; instants follow from it. A row back, with what it was, how long it took once it ended and what
 * of it needs attention, means that it changed.
 */
export const updateRunStatus = pgStatement({
  name: 'backfill.update_run_status',
  text: `
    UPDATE backfill_runs r
    SET status = :status,
      started_at = coalesce(r.started_at, CASE WHEN :status <> 'queued' THEN now() END),
      ended_at = CASE WHEN :status IN ('verified', 'cancelled', 'closed') THEN now() END
    FROM backfill_runs was
    WHERE r.id = :runId AND was.id = r.id AND r.status <> :status
    RETURNING was.status AS was, extract(epoch FROM r.ended_at - r.started_at)::float8 AS seconds,
      r.customer_id, r.strategy, r.from_day, r.to_day, (
      SELECT jsonb_build_object('labels', i.state ->> 'labels', 'failure', i.failure)
      FROM backfill_items i
      WHERE i.run_id = r.id AND i.status = 'needs attention'
      ORDER BY i.seq
      LIMIT 1) AS stopped`,
  params: z.object({ runId: z.string(), status: z.enum(runStatuses) }),
  row: z
    .object({
      was: z.enum(runStatuses),
      seconds: z.number().nullable(),
      customer_id: z.string(),
      strategy: z.enum(strategyNames),
      from_day: z.string(),
      to_day: z.string(),
      stopped: z.object({ labels: z.enum(allLabels).nullable(), failure: z.string().nullable() }).nullable(),
    })
    .transform((row) => ({
      was: row.was,
      seconds: row.seconds,
      customerId: row.customer_id,
      strategy: row.strategy,
      fromDay: row.from_day,
      toDay: row.to_day,
      labels: row.stopped?.labels ?? null,
      failure: row.stopped?.failure ?? null,
    })),
});
export type ChangedRun = z.output<typeof updateRunStatus.row>;
