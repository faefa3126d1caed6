import type { CampaignView } from '@/lib/campaigns/state/campaign-model';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import { every, poll } from '@/lib/poll';
import { count } from '@/lib/words';
import { say } from '../output';
import type { Session } from '../session';

const pollMs = 300;

/** Follows the planning of a campaign, with its progress on stderr. */
export async function waitForPlan({ ctx, signal }: Session, campaignId: string): Promise<CampaignView> {
  let said = -1;
  return poll({ ...every(pollMs), signal }, async () => {
    const view = await getCampaign(ctx, campaignId);
    if (view.status !== 'planning') return view;
    if (view.planned && view.planned.done !== said) {
      said = view.planned.done;
      say(`planned ${said} of ${count(view.planned.of, 'customer')}`);
    }
    return null;
  });
}

/** Follows a campaign until it ends, and prints its events on stderr. An interrupt does not stop the campaign. */
export async function waitForCampaign({ ctx, signal }: Session, campaignId: string): Promise<CampaignView> {
  let printed = 0;
  const look = async () => {
    const view = await getCampaign(ctx, campaignId);
    for (const event of view.events.filter(({ id }) => id > printed)) {
      printed = Math.max(printed, event.id);
      say(`${new Date(event.atMs).toISOString()} ${event.text}`);
    }
    return view.status === 'ended' ? view : null;
  };
  return poll({ ...every(pollMs), signal }, look).catch((reason) => {
    if (signal.aborted) say(`The campaign continues. Follow it: campaign show ${campaignId} --wait`);
    throw reason;
  });
}
