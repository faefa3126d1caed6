import { z } from 'zod';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { stepNames } from '../state/name-model';
import type { JobLog } from './job-log-model';
import { selectStepLog } from './sql/steps';

const linesMax = 500;

/** Without `attempt`, the newest one. */
export const JobLogQuery = z.object({
  runId: z.uuid(),
  itemId: z.uuid(),
  step: z.enum(stepNames),
  attempt: z.number().int().min(1).max(100_000).optional(),
});
export type JobLogQuery = z.input<typeof JobLogQuery>;

/**
 * What the Job of an attempt of a step printed: live while it runs, as it was stored after that. '' where there is no Job,
 * or its log is not kept any more. `attempts` are all that had a Job. Throws AppError('not_found') for a step or an
 * attempt that never began.
 */
export async function jobLog(ctx: Context, input: JobLogQuery): Promise<JobLog> {
  const query = JobLogQuery.parse(input);
  const { runId, itemId } = query;
  const [step] = await ctx.db.query(selectStepLog, {
    runId,
    itemId,
    step: query.step,
    attempt: query.attempt ?? null,
  });
  if (!step) throw new AppError('not_found', 'This step has not begun.');
  const { attempt, attempts } = step;
  if (step.logTail !== null && step.status !== 'running') return { text: step.logTail, live: false, attempt, attempts };
  const isNewest = attempt === attempts.at(-1);
  if (step.jobName === null || !isNewest) return { text: step.logTail ?? '', live: false, attempt, attempts };
  const text = await (await ctx.launcher()).logs(step.jobName, linesMax);
  return { text, live: step.status === 'running', attempt, attempts };
}
