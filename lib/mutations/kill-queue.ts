import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import { ensureQueue, inTransaction } from '@/lib/postgres/queue';

export const killQueueName = 'mutation-kill';
export const KillJob = z.object({ killId: z.uuid() });

/** The queue of KILLs. A queue job only wakes a worker: the KILL's row says what to do. */
export async function killQueue(ctx: Pick<Context, 'queue' | 'config'>): Promise<PgBoss> {
  const boss = await ctx.queue();
  await ensureQueue(boss, killQueueName, {
    policy: 'standard',
    expireInSeconds: Math.min(23 * 3_600, ctx.config.jobs.deadlineSeconds + 3_600),
    heartbeatSeconds: 10,
    retryLimit: 1_000,
    retryDelay: 1,
  });
  return boss;
}

/** Wakes a worker if the transaction commits, and only then. */
export async function sendKill(boss: PgBoss, tx: Transaction, killId: string): Promise<void> {
  await boss.send(killQueueName, { killId }, inTransaction(tx));
}
