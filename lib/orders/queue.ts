import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '@/lib/context';
import { ensureQueue } from '@/lib/postgres/queue';

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
