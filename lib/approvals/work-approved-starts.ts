import type { Context } from '@/lib/context';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { type ApprovedStarts, startApproved } from './start-approved';
import { StartJob, startQueue, startQueueName } from './start-queue';

/** Starts that one worker makes at a time. */
const atOnce = 2;

/**
 * Starts what was approved until `signal` aborts, and nothing while everything is stopped; another worker takes up a start
 * that was not finished. Returns when the worker is registered.
 */
export async function workApprovedStarts(ctx: Context, starts: ApprovedStarts, signal: AbortSignal): Promise<void> {
  const queue = { boss: await startQueue(ctx), name: startQueueName, log: ctx.log, signal };
  await workUnlessStopped(ctx, queue, { lookEverySeconds: 0.5, places: Array(atOnce).fill({}) }, (data, until) =>
    startApproved(ctx, starts, { approvalId: StartJob.parse(data).approvalId, signal: until }),
  );
}
