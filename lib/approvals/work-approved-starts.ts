import type { Context } from '@/lib/context';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { resendLost } from '@/lib/postgres/lost-jobs';
import { selectStartsWithoutJob } from './sql';
import { type ApprovedStarts, startApproved } from './start-approved';
import { StartJob, sendStart, startQueue, startQueueName } from './start-queue';

export const resendLostStarts = resendLost(selectStartsWithoutJob, sendStart);

/** Starts that one worker makes at a time. */
const atOnce = 2;

/**
 * Starts what was approved, also before workers did so by themselves, until `signal` aborts, and nothing while
 * everything is stopped; another worker takes up a start that was not finished. Returns when the worker is registered.
 */
export async function workApprovedStarts(ctx: Context, starts: ApprovedStarts, signal: AbortSignal): Promise<void> {
  const queue = { boss: await startQueue(ctx), name: startQueueName, db: ctx.db, log: ctx.log, signal };
  const pace = { places: Array(atOnce).fill({}), resendLost: resendLostStarts };
  await workUnlessStopped(ctx, queue, pace, (data, until) =>
    startApproved(ctx, starts, { approvalId: StartJob.parse(data).approvalId, signal: until }),
  );
}
