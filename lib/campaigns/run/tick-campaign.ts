import type { PgBoss } from 'pg-boss';
import { recordAudit } from '@/lib/audit/record-audit';
import { endRun } from '@/lib/backfill/control/end-run';
import { pauseRun, resumeRun } from '@/lib/backfill/repair/pause-run';
import { backfillQueue } from '@/lib/backfill/repair/queue';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import { workerActor } from '../plan/make-campaign-plan';
import {
  type CampaignRow,
  factsOf,
  insertCampaignEvent,
  lockForTick,
  updateCampaign,
  updateCanary,
} from '../sql/campaigns';
import { selectFacts, updateCustomer, updateWave } from '../sql/customers';
import type { CampaignCustomerStatus } from '../state/campaign-model';
import { type Action, nextOf } from '../state/next-of';
import { holdFacts } from './hold-facts';
import { campaignStartQueue, sendCampaignStart, startExpiresSeconds } from './start-queue';
import { tellEnded, tellHeld, tellNotHeld, tellStops } from './tell-campaign';

type Customers = readonly { customerId: string; status: CampaignCustomerStatus }[];
/** `customers` are as they are after what the tick sets. */
type Of = { ctx: Context; tx: Transaction; boss: PgBoss; campaign: CampaignRow; customers: Customers };

/**
 * Does what follows for a campaign: one worker at a time, in one transaction. It only starts what is also in the
 * transaction; cancels of runs come after it, and the next tick repeats those that were lost.
 */
export async function tickCampaign(ctx: Context, campaignId: string): Promise<void> {
  const hold = await holdFacts(ctx, campaignId);
  const [boss] = [await campaignStartQueue(ctx), await backfillQueue(ctx)];
  const cancels = await ctx.db.transaction(async (tx) => {
    const [campaign] = await tx.query(lockForTick, { campaignId });
    if (!campaign) return [];
    const found = await tx.query(selectFacts, { campaignId });
    const actions = nextOf(factsOf(campaign), found, hold);
    const customers = afterAll(found, actions);
    for (const action of actions) await apply({ ctx, tx, boss, campaign, customers }, action);
    return actions.flatMap((action) => (action.kind === 'cancel run' ? [action.runId] : []));
  });
  const reason = `Its campaign ${campaignId} stops.`;
  for (const runId of cancels) await endRun(ctx, { runId, reason }, workerActor(campaignId));
}

function afterAll(found: Customers, actions: readonly Action[]): Customers {
  const set = new Map(actions.flatMap((one) => (one.kind === 'set' ? [[one.customerId, one.status]] : [])));
  return found.map((one) => ({ ...one, status: set.get(one.customerId) ?? one.status }));
}

async function apply({ ctx, tx, boss, campaign, customers }: Of, action: Action): Promise<void> {
  const campaignId = campaign.id;
  const say = (kind: string, text: string, customerId: string | null = null) =>
    tx.query(insertCampaignEvent, { campaignId, customerId, kind, text });
  const audit = (what: string, detail: Record<string, unknown>, customerId?: string) =>
    recordAudit(tx, workerActor(campaignId), { action: `campaign.${what}`, subject: campaignId, customerId, detail });
  switch (action.kind) {
    case 'set': {
      const { customerId, status, sentence } = action;
      await tx.query(updateCustomer, { campaignId, customerId, status, sentence });
      if (status !== 'running') await say(status, `${customerId}: ${status}. ${sentence ?? ''}`.trim(), customerId);
      if (status === 'set aside') await audit('set-aside', { sentence }, customerId);
      return;
    }
    case 'start': {
      const start = { campaignId, customerId: action.customerId };
      const waitMs = startExpiresSeconds * 1_000;
      await tx.query(updateCustomer, { ...start, status: 'starting', sentence: null, waitMs });
      return sendCampaignStart(boss, tx, start);
    }
    case 'canary':
      await tx.query(updateWave, { campaignId, customerId: action.customerId });
      await tx.query(updateCanary, { campaignId, canary: action.customerId });
      await say('canary', `${action.customerId} is the canary now: the one before needs no repair.`, action.customerId);
      return;
    case 'pause run': {
      const { by, reason } = action;
      const pause = { cause: 'campaign' as const, by, reason, atMs: ctx.clock.now() };
      await pauseRun(tx, { runId: action.runId, pause });
      return;
    }
    case 'resume run': {
      const text = 'Its campaign goes on.';
      await resumeRun(tx, boss, { runId: action.runId, causes: ['campaign'], text });
      return;
    }
    case 'hold': {
      const pause = { cause: action.cause, by: 'worker', reason: action.sentence, atMs: ctx.clock.now() };
      await tx.query(updateCampaign, { campaignId, status: 'paused', pause: JSON.stringify(pause), outcome: null });
      if (action.isNew) await say('hold', action.sentence);
      // Who stopped everything, or chose the hours, knows it, and every page shows it.
      if (action.isPlanned) await tellNotHeld(tx, campaign, 'waits for its hours');
      else if (action.cause === 'hold') await tellHeld(tx, campaign, action.sentence);
      return;
    }
    case 'go on':
      await tx.query(updateCampaign, { campaignId, status: 'running', pause: null, outcome: null });
      await say('go on', 'It goes on: what held it is over.');
      return tellNotHeld(tx, campaign, 'goes on');
    case 'stop':
      await tx.query(updateCampaign, { campaignId, status: 'stopping', pause: null, outcome: null });
      await say('stop', `It stops by itself. ${action.sentence}`);
      await tellNotHeld(tx, campaign, 'stops');
      await tellStops(tx, campaign, action.sentence);
      return audit('stop', { sentence: action.sentence });
    case 'end':
      await tx.query(updateCampaign, { campaignId, status: 'ended', pause: null, outcome: action.outcome });
      await say('end', `Ended: ${action.outcome}.`);
      await tellNotHeld(tx, campaign, 'has ended');
      await tellEnded(tx, campaign, { outcome: action.outcome, customers });
      return audit('end', { outcome: action.outcome });
    default:
      return;
  }
}
