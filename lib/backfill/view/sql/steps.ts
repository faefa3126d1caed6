import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { stepNames } from '../../state/name-model';

/** The newest attempt's Job and stored log of a step. */
export const selectStepLog = pgStatement({
  name: 'backfill.select_step_log',
  text: `
    SELECT s.job_name, s.status, s.log_tail
    FROM backfill_steps s
    JOIN backfill_items i ON i.id = s.item_id
    WHERE i.run_id = :runId AND i.id = :itemId AND s.step = :step
    ORDER BY s.attempt DESC
    LIMIT 1`,
  params: z.object({ runId: z.string(), itemId: z.string(), step: z.string() }),
  row: z
    .object({ job_name: z.string().nullable(), status: z.string(), log_tail: z.string().nullable() })
    .transform((row) => ({ jobName: row.job_name, status: row.status, logTail: row.log_tail })),
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
