import type { Context } from '@/lib/context';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { ScanJob, scanQueue, scanQueueName, urgentFrom } from './queue';
import { runScan } from './run-scan';

/** NOTE: a worker looks for its next job only after this time, so it bounds how fast a backlog is taken. */
const lookEverySeconds = 0.5;

/**
 * Each worker runs two scans at once, and each of these reads two chunks at once. One slot is reserved for scans that
 * are not scheduled, so a person never queues behind the schedule.
 */
const slots = [{}, { minPriority: urgentFrom }];

/**
 * Runs scans from the queue, each within a second of its request, until `signal` aborts. A scan that runs then goes back
 * to the queue, and another worker resumes it. Returns as soon as the worker is registered.
 */
export async function workScans(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await scanQueue(ctx), name: scanQueueName, log: ctx.log, signal };
  await workUnlessStopped(ctx, queue, { lookEverySeconds, places: slots }, (data, until) =>
    runScan(ctx, ScanJob.parse(data).scanId, until),
  );
}
