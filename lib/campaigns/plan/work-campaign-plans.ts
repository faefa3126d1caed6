import type { Context } from '@/lib/context';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { makeCampaignPlan } from './make-campaign-plan';
import { CampaignPlanJob, campaignPlanQueue, campaignPlanQueueName } from './plan-queue';

/**
 * Plans campaigns until `signal` aborts. One that is not planned then goes back to the queue, and another worker goes
 * on with it. Returns when the worker is registered.
 */
export async function workCampaignPlans(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await campaignPlanQueue(ctx), name: campaignPlanQueueName, log: ctx.log, signal };
  await workUnlessStopped(ctx, queue, { places: [{}] }, (data, until) =>
    makeCampaignPlan(ctx, CampaignPlanJob.parse(data).campaignId, until),
  );
}
