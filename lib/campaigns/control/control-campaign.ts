import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { Transaction } from '@/lib/postgres/client';
import { tellNotHeld } from '../run/tell-campaign';
import { type CampaignRow, insertCampaignEvent, lockCampaign, updateCampaign } from '../sql/campaigns';
import { type CampaignControl, ControlCampaign } from '../state/campaign-model';
import { controlsOf } from '../view/next-sentence';

/**
 * Pauses, resumes or stops a campaign, with the reason in the audit. Its next tick, within a second, does what follows
 * for its customers and runs. Throws AppError('not_found'), or 'conflict' that names what is possible now.
 */
export async function controlCampaign(
  ctx: Pick<Context, 'db' | 'clock'>,
  input: ControlCampaign,
  actor: Actor,
): Promise<{ campaignId: string }> {
  const { campaignId, control, reason } = ControlCampaign.parse(input);
  await ctx.db.transaction(async (tx) => {
    const [campaign] = await tx.query(lockCampaign, { campaignId });
    if (!campaign) throw new AppError('not_found', 'There is no such campaign.');
    const possible = controlsOf(campaign.status, campaign.pause);
    const offer = possible.find((one) => one.control === control);
    if (!offer) {
      const now = possible.map(({ verb, effect }) => `${verb}: ${effect}`).join(' ');
      throw new AppError(
        'conflict',
        `"${control}" is not possible for a campaign that is "${campaign.status}". ${now ? `Possible now: ${now}` : 'Nothing is possible any more.'}`,
      );
    }
    await change(tx, campaign, { control, by: actor.name, reason, atMs: ctx.clock.now() });
    await tx.query(insertCampaignEvent, {
      campaignId,
      customerId: null,
      kind: control,
      text: `${actor.name}: ${offer.verb}. ${reason}`,
    });
    await recordAudit(tx, actor, { action: `campaign.${control}`, subject: campaignId, reason });
    await tellNotHeld(tx, campaign, `is not held any more: ${actor.name} chose ${offer.verb}`);
  });
  return { campaignId };
}

async function change(
  tx: Transaction,
  { id: campaignId, status }: CampaignRow,
  { control, ...by }: { control: CampaignControl; by: string; reason: string; atMs: number },
): Promise<void> {
  const pause = control === 'pause' ? JSON.stringify({ cause: 'person', ...by }) : null;
  if (control === 'pause')
    return void (await tx.query(updateCampaign, { campaignId, status: 'paused', pause, outcome: null }));
  if (control === 'resume')
    return void (await tx.query(updateCampaign, { campaignId, status: 'running', pause, outcome: null }));
  const isBegun = status === 'running' || status === 'paused';
  await tx.query(updateCampaign, {
    campaignId,
    status: isBegun ? 'stopping' : 'ended',
    pause,
    outcome: isBegun ? null : 'stopped',
  });
}
