import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import { ensureQueue, inTransaction } from '@/lib/postgres/queue';

export const backfillQueueName = 'backfill-day';
export const UnitJob = z.object({ itemId: z.uuid() });

const dayMs = 24 * 3600;

/**
 * The queue of days, one job a day, keyed by customer: the next day of a customer starts when the last one ended.
 * NOTE: a job that fails without a retry blocks its customer until the next look for lost jobs, so none ends like that. The
 * run's state says it.
 */
export async function backfillQueue(ctx: Pick<Context, 'queue' | 'config'>): Promise<PgBoss> {
  const boss = await ctx.queue();
  await ensureQueue(boss, backfillQueueName, {
    policy: 'key_strict_fifo',
    expireInSeconds: Math.min(dayMs - 60, 4 * ctx.config.jobs.deadlineSeconds + 3600),
    heartbeatSeconds: 10,
    retryLimit: 1_000_000,
    retryDelay: 0,
  });
  return boss;
}

/** Sends a day to the workers, in the transaction that makes it due. */
export async function sendItem(
  boss: PgBoss,
  tx: Transaction,
  of: { itemId: string; customerId: string },
): Promise<void> {
  await boss.send(backfillQueueName, { itemId: of.itemId }, { singletonKey: of.customerId, ...inTransaction(tx) });
}
