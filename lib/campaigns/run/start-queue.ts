import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import { ensureQueue, inTransaction } from '@/lib/postgres/queue';

export const campaignStartQueueName = 'campaign-starts';
export const CampaignStartJob = z.object({ campaignId: z.uuid(), customerId: z.string() });
export type CampaignStartJob = z.infer<typeof CampaignStartJob>;

/** A start that took longer than this is given up by the queue; the next tick makes it again. */
export const startExpiresSeconds = 4 * 3_600;

/**
 * The queue of customers whose turn it is. A job is only the call to start: what is to start is in the customer's row.
 */
export async function campaignStartQueue(ctx: Pick<Context, 'queue'>): Promise<PgBoss> {
  const boss = await ctx.queue();
  await ensureQueue(boss, campaignStartQueueName, {
    policy: 'standard',
    expireInSeconds: startExpiresSeconds,
    heartbeatSeconds: 10,
    retryLimit: 1_000,
    retryDelay: 1,
  });
  return boss;
}

export async function sendCampaignStart(boss: PgBoss, tx: Transaction, job: CampaignStartJob): Promise<void> {
  await boss.send(campaignStartQueueName, job, inTransaction(tx));
}
