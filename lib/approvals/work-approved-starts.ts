import type { Context } from '@/lib/context';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { startsItself } from './model';
import { selectNotTried } from './sql';
import { type ApprovedStarts, startApproved } from './start-approved';
import { StartJob, sendStart, startQueue, startQueueName } from './start-queue';

/** Starts that one worker makes at a time. */
const atOnce = 2;

/**
 * Starts what was approved, also before workers did so by themselves, until `signal` aborts, and nothing while
 * everything is stopped; another worker takes up a start that was not finished. Returns when the worker is registered.
 */
export async function workApprovedStarts(ctx: Context, starts: ApprovedStarts, signal: AbortSignal): Promise<void> {
  const boss = await startQueue(ctx);
  await ctx.db.transaction(async (tx) => {
    for (const { id, kind } of await tx.query(selectNotTried)) if (startsItself(kind)) await sendStart(boss, tx, id);
  });
  const queue = { boss, name: startQueueName, log: ctx.log, signal };
  await workUnlessStopped(ctx, queue, { places: Array(atOnce).fill({}) }, (data, until) =>
    startApproved(ctx, starts, { approvalId: StartJob.parse(data).approvalId, signal: until }),
  );
}
