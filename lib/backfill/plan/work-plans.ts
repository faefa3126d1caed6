import type { Context } from '@/lib/context';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { resendLost } from '@/lib/postgres/lost-jobs';
import { PlanJob, planQueue, planQueueName, sendPlan } from './plan-queue';
import { runPlan } from './run-plan';
import { selectPlansWithoutJob } from './sql/plans';

export const resendLostPlans = resendLost(selectPlansWithoutJob, sendPlan);

/** Previews that one worker makes at a time. */
const atOnce = 2;
/**
 * Makes the previews that were asked for until `signal` aborts. One that is not ready then goes back to the queue, and
 * another worker makes it. Returns when the worker is registered.
 */
export async function workPlans(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await planQueue(ctx), name: planQueueName, db: ctx.db, log: ctx.log, signal };
  const pace = { places: Array(atOnce).fill({}), resendLost: resendLostPlans };
  await workUnlessStopped(ctx, queue, pace, (data, until) => runPlan(ctx, PlanJob.parse(data).planId, until));
}
