import type { Context } from '@/lib/context';
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
  const boss = await scanQueue(ctx);
  const stop = () => {
    boss
      .offWork(scanQueueName, { wait: false })
      .catch((error) => ctx.log.warn({ err: error }, 'the queue worker did not stop'));
  };
  signal.addEventListener('abort', stop, { once: true });
  for (const slot of slots)
    await boss.work(
      scanQueueName,
      {
        ...slot,
        pollingIntervalSeconds: lookEverySeconds,
        notifyPollingIntervalSeconds: lookEverySeconds,
        heartbeatRefreshSeconds: 2,
      },
      async (jobs) => {
        for (const job of jobs)
          await runScan(ctx, ScanJob.parse(job.data).scanId, AbortSignal.any([signal, job.signal]));
      },
    );
}
