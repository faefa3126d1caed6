import { z } from 'zod';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { stepNames } from '../state/name-model';
import { selectStepLog } from './sql/steps';

const linesMax = 500;

export const JobLogQuery = z.object({ runId: z.uuid(), itemId: z.uuid(), step: z.enum(stepNames) });
export type JobLogQuery = z.input<typeof JobLogQuery>;

/**
 * What the newest Job of a step printed: live while it runs, as it was stored after that. '' where there is no Job.
 * Throws AppError('not_found') for a step that never began.
 */
export async function jobLog(ctx: Context, input: JobLogQuery): Promise<{ text: string; live: boolean }> {
  const query = JobLogQuery.parse(input);
  const [step] = await ctx.db.query(selectStepLog, { runId: query.runId, itemId: query.itemId, step: query.step });
  if (!step) throw new AppError('not_found', 'This step has not begun.');
  if (step.logTail !== null && step.status !== 'running') return { text: step.logTail, live: false };
  if (step.jobName === null) return { text: '', live: false };
  const text = await (await ctx.launcher()).logs(step.jobName, linesMax);
  return { text, live: step.status === 'running' };
}
