import type { Context } from '@/lib/context';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { resendLost } from '@/lib/postgres/lost-jobs';
import { selectCampaignPlansWithoutJob } from '../sql/campaigns';
import { makeCampaignPlan } from './make-campaign-plan';
import { CampaignPlanJob, campaignPlanQueue, campaignPlanQueueName, sendCampaignPlan } from './plan-queue';

export const resendLostCampaignPlans = resendLost(selectCampaignPlansWithoutJob, sendCampaignPlan);

/**
 * Plans campaigns until `signal` aborts. One that is not planned then goes back to the queue, and another worker goes
 * on with it. Returns when the worker is registered.
 */
export async function workCampaignPlans(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await campaignPlanQueue(ctx), name: campaignPlanQueueName, db: ctx.db, log: ctx.log, signal };
  const pace = { places: [{}], resendLost: resendLostCampaignPlans };
  await workUnlessStopped(ctx, queue, pace, (data, until) =>
    makeCampaignPlan(ctx, CampaignPlanJob.parse(data).campaignId, until),
  );
}
