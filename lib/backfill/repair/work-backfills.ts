import type { Context } from '@/lib/context';
import { driveDay } from './drive-day';
import { backfillQueue, backfillQueueName, DayJob } from './queue';

/** Customers that one worker repairs at a time; a customer's own days never overlap. */
const atOnce = 4;

/**
 * Takes days from the queue until `signal` aborts. Every day that it drives then goes back at once, and another worker
 * takes it. Returns when the worker is registered.
 */
export async function workBackfills(ctx: Context, signal: AbortSignal): Promise<void> {
  const boss = await backfillQueue(ctx);
  const stop = () => {
    boss
      .offWork(backfillQueueName, { wait: false })
      .catch((error) => ctx.log.warn({ err: error }, 'the queue worker did not stop'));
  };
  signal.addEventListener('abort', stop, { once: true });
  await boss.work(
    backfillQueueName,
    {
      localConcurrency: atOnce,
      pollingIntervalSeconds: 1,
      notifyPollingIntervalSeconds: 2,
      heartbeatRefreshSeconds: 2,
    },
    async (jobs) => {
      for (const job of jobs) {
        const { itemId } = DayJob.parse(job.data);
        await driveDay(ctx, itemId, AbortSignal.any([signal, job.signal]));
      }
    },
  );
}
