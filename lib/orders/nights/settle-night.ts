import { controlCampaign } from '@/lib/campaigns/control/control-campaign';
import { startCampaign } from '@/lib/campaigns/control/start-campaign';
import type { CampaignView } from '@/lib/campaigns/state/campaign-model';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { orderActor } from '../order-actor';
import { type NightRow, selectNight, updateNight } from '../sql/nights';
import type { OrderRow } from '../sql/orders';
import { stopOrder } from '../stop-order';
import { nightSentence, whyItStops } from './night-words';

/**
 * Takes a night on by one step: starts its campaign once it is planned, stops it when the window has closed or the order
 * is not active any more, stops the order after a failure, and writes down what came of it. Each step may be repeated.
 */
export async function settleNight(ctx: Context, order: OrderRow, found: NightRow): Promise<void> {
  if (found.campaignId === null) return;
  const campaign = await getCampaign(ctx, found.campaignId);
  // NOTE: read after the campaign. Another worker writes "closing" before it stops a campaign, and that stop is no failure.
  const [night] = await ctx.db.query(selectNight, { orderId: order.id, night: found.night });
  if (!night || night.status === 'over') return;
  const failure = whyItStops(campaign, night.status === 'closing');
  if (failure) await stopOrder(ctx, order, failure);
  const isActive = order.status === 'active' && failure === null;
  const isOpen = ctx.clock.now() < night.toMs;
  const closes = night.status === 'under way' && isStoppable(campaign) && !(isActive && isOpen);
  const status = campaign.status === 'ended' ? 'over' : closes || night.status === 'closing' ? 'closing' : 'under way';
  await save(ctx, night, status, campaign);
  if (status === 'closing' && isStoppable(campaign))
    await stopCampaign(
      ctx,
      order,
      campaign,
      isOpen ? 'The order is not active any more.' : 'The window of the order closed.',
    );
  if (status === 'under way' && campaign.status === 'planned') await start(ctx, order, campaign);
}

const isStoppable = ({ status }: CampaignView) => status !== 'ended' && status !== 'stopping';

/** Starts a planned campaign. Another worker may be faster; a refusal stops the order. */
async function start(ctx: Context, order: OrderRow, { id: campaignId, planHash }: CampaignView): Promise<void> {
  if (planHash === null) return;
  try {
    await startCampaign(ctx, { campaignId, planHash, reason: order.reason }, orderActor(order));
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'unavailable') throw error;
    if (error.code === 'conflict') return;
    await stopOrder(ctx, order, `Its campaign could not be started. ${error.message}`);
  }
}

async function stopCampaign(
  ctx: Context,
  order: OrderRow,
  { id: campaignId }: CampaignView,
  reason: string,
): Promise<void> {
  await controlCampaign(ctx, { campaignId, control: 'stop', reason }, orderActor(order)).catch((error) => {
    // Another worker, or a person, was faster.
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
  });
}

async function save(
  ctx: Context,
  night: NightRow,
  status: 'under way' | 'closing' | 'over',
  campaign: CampaignView,
): Promise<void> {
  const now = {
    status,
    verified: campaign.counts.verified,
    leftOut: campaign.counts['left out'],
    setAside: campaign.counts['set aside'] + campaign.counts['needs attention'],
    rows: campaign.rowsDeleted,
    sentence: nightSentence(campaign, status),
  };
  const same = Object.entries(now).every(([key, value]) => night[key as keyof typeof now] === value);
  if (!same) await ctx.db.query(updateNight, { orderId: night.orderId, night: night.night, ...now });
}
