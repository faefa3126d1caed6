import type { Context } from '@/lib/server/context';
import { ScanJob, scanQueue, scanQueueName } from './queue';
import { runScan } from './run-scan';

/** Scans that one worker runs at a time; each reads two chunks at a time. */
const atOnce = 2;

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
  await boss.work(
    scanQueueName,
    {
      localConcurrency: atOnce,
      pollingIntervalSeconds: 1,
      notifyPollingIntervalSeconds: 2,
      heartbeatRefreshSeconds: 2,
    },
    async (jobs) => {
      for (const job of jobs) await runScan(ctx, ScanJob.parse(job.data).scanId, AbortSignal.any([signal, job.signal]));
    },
  );
}
