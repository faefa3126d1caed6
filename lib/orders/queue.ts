import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import { ensureQueue, inTransaction } from '@/lib/postgres/queue';

export const previewQueueName = 'order-previews';
export const PreviewJob = z.object({ orderId: z.uuid() });

/** The queue of previews. A job only wakes a worker: the order's row says whether it still needs one. */
export async function previewQueue(ctx: Pick<Context, 'queue'>): Promise<PgBoss> {
  const boss = await ctx.queue();
  await ensureQueue(boss, previewQueueName, {
    policy: 'standard',
    expireInSeconds: 4 * 3_600,
    heartbeatSeconds: 10,
    retryLimit: 1_000,
    retryDelay: 0,
  });
  return boss;
}

/** Wakes a worker if the transaction commits, and only then. */
export async function sendPreview(boss: PgBoss, tx: Transaction, orderId: string): Promise<void> {
  await boss.send(previewQueueName, { orderId }, inTransaction(tx));
}
