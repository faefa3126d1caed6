import type { Context } from '@/lib/context';
import { PlanJob, planQueue, planQueueName } from './plan-queue';
import { runPlan } from './run-plan';

/** Previews that one worker makes at a time. */
const atOnce = 2;
const lookEverySeconds = 0.5;

/**
 * Makes the previews that were asked for until `signal` aborts. One that is not ready then goes back to the queue, and
 * another worker makes it. Returns when the worker is registered.
 */
export async function workPlans(ctx: Context, signal: AbortSignal): Promise<void> {
  const boss = await planQueue(ctx);
  const stop = () => {
    boss
      .offWork(planQueueName, { wait: false })
      .catch((error) => ctx.log.warn({ err: error }, 'the queue worker did not stop'));
  };
  signal.addEventListener('abort', stop, { once: true });
  await boss.work(
    planQueueName,
    {
      localConcurrency: atOnce,
      pollingIntervalSeconds: lookEverySeconds,
      notifyPollingIntervalSeconds: lookEverySeconds,
      heartbeatRefreshSeconds: 2,
    },
    async (jobs) => {
      for (const job of jobs) await runPlan(ctx, PlanJob.parse(job.data).planId, AbortSignal.any([signal, job.signal]));
    },
  );
}
