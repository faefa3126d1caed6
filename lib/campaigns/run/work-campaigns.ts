import type { Context } from '@/lib/context';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { resendLost } from '@/lib/postgres/lost-jobs';
import { atChanges } from '@/lib/postgres/notices';
import { selectCampaignStartsWithoutJob, selectToTick } from '../sql/campaigns';
import { startCustomer } from './start-customer';
import { CampaignStartJob, campaignStartQueue, campaignStartQueueName, sendCampaignStart } from './start-queue';
import { tickCampaign } from './tick-campaign';

export const resendLostCampaignStarts = resendLost(selectCampaignStartsWithoutJob, sendCampaignStart);

/** Customers that one worker starts at a time. Each start makes a plan, and one of them waits for its place. */
const atOnce = 3;
const pace = { busyMs: 500, idleMs: 10_000 };

/**
 * Starts the customers whose turn it is until `signal` aborts; another worker takes up a start that was not finished.
 * Returns when the worker is registered.
 */
export async function workCampaignStarts(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await campaignStartQueue(ctx), name: campaignStartQueueName, db: ctx.db, log: ctx.log, signal };
  const pace = { places: Array(atOnce).fill({}), resendLost: resendLostCampaignStarts };
  await workUnlessStopped(ctx, queue, pace, (data, until) => startCustomer(ctx, CampaignStartJob.parse(data), until));
}

/** Looks at every active campaign twice a second until `signal` aborts, and does what follows; less often where none is. */
export async function workCampaigns(ctx: Context, signal: AbortSignal): Promise<void> {
  const tick = async () => {
    const active = await ctx.db.query(selectToTick);
    for (const campaignId of active)
      await tickCampaign(ctx, campaignId).catch((error) =>
        ctx.log.warn({ err: error, campaignId }, 'a campaign could not go on'),
      );
    return { more: active.length > 0 };
  };
  await atChanges({ notices: ctx.db.notices, topic: 'campaigns', signal }, pace, tick, (error) =>
    ctx.log.warn({ err: error }, 'campaigns could not be looked at'),
  );
}
