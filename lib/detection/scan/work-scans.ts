import type { Context } from '@/lib/context';
import { ScanJob, scanQueue, scanQueueName, urgentFrom } from './queue';
import { runScan } from './run-scan';

/** NOTE: a worker looks for its next job only when this has passed, so it bounds how fast a backlog is taken. */
const lookEverySeconds = 0.5;

/**
 * A worker runs two scans at a time, each of which reads two chunks at a time. One of the two places takes no regular
 * scan, so that a person never waits behind the schedule.
 */
const places = [{}, { minPriority: urgentFrom }];

/**
 * Takes scans from the queue, within a second of their request, until `signal` aborts; a scan in hand then goes back
 * and is resumed elsewhere. Returns when the worker is registered.
 */
export async function workScans(ctx: Context, signal: AbortSignal): Promise<void> {
  const boss = await scanQueue(ctx);
  const stop = () => {
    boss
      .offWork(scanQueueName, { wait: false })
      .catch((error) => ctx.log.warn({ err: error }, 'the queue worker did not stop'));
  };
  signal.addEventListener('abort', stop, { once: true });
  for (const place of places)
    await boss.work(
      scanQueueName,
      {
        ...place,
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
