import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import { ensureQueue, inTransaction } from '@/lib/postgres/queue';

export const campaignPlanQueueName = 'campaign-plans';
export const CampaignPlanJob = z.object({ campaignId: z.uuid() });

/** The queue of campaigns to plan. A job is only the call to go on: what is planned already is in the campaign's rows. */
export async function campaignPlanQueue(ctx: Pick<Context, 'queue'>): Promise<PgBoss> {
  const boss = await ctx.queue();
  await ensureQueue(boss, campaignPlanQueueName, {
    policy: 'standard',
    expireInSeconds: 23 * 3_600,
    heartbeatSeconds: 10,
    retryLimit: 1_000,
    retryDelay: 0,
  });
  return boss;
}

/** Wakes a worker if the transaction commits, and only then. */
export async function sendCampaignPlan(boss: PgBoss, tx: Transaction, campaignId: string): Promise<void> {
  await boss.send(campaignPlanQueueName, { campaignId }, inTransaction(tx));
}
