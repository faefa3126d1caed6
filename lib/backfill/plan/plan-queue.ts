import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import { ensureQueue, inTransaction } from '@/lib/postgres/queue';

export const planQueueName = 'plans';
export const PlanJob = z.object({ planId: z.uuid() });

/** The queue of previews. A job is only the call to make one: what was asked, and what came of it, is in its own row. */
export async function planQueue(ctx: Pick<Context, 'queue'>): Promise<PgBoss> {
  const boss = await ctx.queue();
  await ensureQueue(boss, planQueueName, {
    policy: 'standard',
    expireInSeconds: 4 * 3_600,
    heartbeatSeconds: 10,
    retryLimit: 1_000,
    retryDelay: 0,
  });
  return boss;
}

/** Wakes a worker if the transaction commits, and only then. */
export async function sendPlan(boss: PgBoss, tx: Transaction, planId: string): Promise<void> {
  await boss.send(planQueueName, { planId }, inTransaction(tx));
}
