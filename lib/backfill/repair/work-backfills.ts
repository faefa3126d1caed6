import type { Context } from '@/lib/context';
import { workQueue } from '@/lib/postgres/work-queue';
import { customersAtOnceMost } from '../state/command-model';
import { driveUnit } from './drive-unit';
import { backfillQueue, backfillQueueName, UnitJob } from './queue';

/**
 * Takes days from the queue until `signal` aborts. Every day that it drives then goes back at once, and another worker
 * takes it. Returns when the worker is registered.
 */
export async function workBackfills(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await backfillQueue(ctx), name: backfillQueueName, log: ctx.log, signal };
  await workQueue(queue, { places: Array(customersAtOnceMost).fill({}) }, (data, until) =>
    driveUnit(ctx, UnitJob.parse(data).itemId, until),
  );
}
