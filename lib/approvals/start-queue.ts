import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import { ensureQueue, inTransaction } from '@/lib/postgres/queue';

export const startQueueName = 'approved-starts';
export const StartJob = z.object({ approvalId: z.uuid() });

/** The queue of starts that were approved. A job is only the call to start: what is started is in the approval. */
export async function startQueue(ctx: Pick<Context, 'queue'>): Promise<PgBoss> {
  const boss = await ctx.queue();
  await ensureQueue(boss, startQueueName, {
    policy: 'standard',
    expireInSeconds: 3_600,
    heartbeatSeconds: 10,
    // A failure that passes is tried again until the approval expires.
    retryLimit: 100_000,
    retryDelay: 5,
  });
  return boss;
}

/** Wakes a worker if the transaction commits, and only then. */
export async function sendStart(boss: PgBoss, tx: Transaction, approvalId: string): Promise<void> {
  await boss.send(startQueueName, { approvalId }, inTransaction(tx));
}
