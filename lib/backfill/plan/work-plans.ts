import type { Context } from '@/lib/context';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { PlanJob, planQueue, planQueueName } from './plan-queue';
import { runPlan } from './run-plan';

/** Previews that one worker makes at a time. */
const atOnce = 2;
/**
 * Makes the previews that were asked for until `signal` aborts. One that is not ready then goes back to the queue, and
 * another worker makes it. Returns when the worker is registered.
 */
export async function workPlans(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await planQueue(ctx), name: planQueueName, log: ctx.log, signal };
  await workUnlessStopped(ctx, queue, { places: Array(atOnce).fill({}) }, (data, until) =>
    runPlan(ctx, PlanJob.parse(data).planId, until),
  );
}
