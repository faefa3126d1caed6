import type { Context } from '@/lib/context';
import { workQueue } from '@/lib/postgres/queue';
import { driveUnit } from './drive-unit';
import { backfillQueue, backfillQueueName, UnitJob } from './queue';

/** Customers that one worker repairs at a time; a customer's own days never overlap. */
const atOnce = 4;

/**
 * Takes days from the queue until `signal` aborts. Every day that it drives then goes back at once, and another worker
 * takes it. Returns when the worker is registered.
 */
export async function workBackfills(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await backfillQueue(ctx), name: backfillQueueName, log: ctx.log, signal };
  await workQueue(queue, { lookEverySeconds: 1, places: Array(atOnce).fill({}) }, (data, until) =>
    driveUnit(ctx, UnitJob.parse(data).itemId, until),
  );
}
