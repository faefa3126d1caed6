import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { stepNames } from '../../state/name-model';

/** The Job and stored log of an attempt of a step, the newest where none is asked for, and all attempts that had a Job. */
export const selectStepLog = pgStatement({
  name: 'backfill.select_step_log',
  text: `
    SELECT
      s.job_name, s.status, s.log_tail, s.attempt,
      (
        SELECT coalesce(json_agg(o.attempt ORDER BY o.attempt), '[]')
        FROM backfill_steps o
        WHERE o.item_id = i.id AND o.step = :step AND (o.job_name IS NOT NULL OR o.log_tail IS NOT NULL)
      ) AS attempts
    FROM backfill_steps s
    JOIN backfill_items i ON i.id = s.item_id
    WHERE i.run_id = :runId AND i.id = :itemId AND s.step = :step
      AND (:attempt::integer IS NULL OR s.attempt = :attempt::integer)
    ORDER BY s.attempt DESC
    LIMIT 1`,
  params: z.object({ runId: z.string(), itemId: z.string(), step: z.string(), attempt: z.number().nullable() }),
  row: z
    .object({
      job_name: z.string().nullable(),
      status: z.string(),
      log_tail: z.string().nullable(),
      attempt: z.number(),
      attempts: z.array(z.number()),
    })
    .transform((row) => ({
      jobName: row.job_name,
      status: row.status,
      logTail: row.log_tail,
      attempt: row.attempt,
      attempts: row.attempts,
    })),
});

export const StepJson = z.object({
  item_id: z.string(),
  attempt: z.number(),
  step: z.enum(stepNames),
  status: z.enum(['running', 'done', 'failed', 'skipped']),
  job_name: z.string().nullable(),
  sentence: z.string(),
  numbers: z.record(z.string(), z.number()),
  has_log: z.boolean(),
  started_at: z.number(),
  ended_at: z.number().nullable(),
});
