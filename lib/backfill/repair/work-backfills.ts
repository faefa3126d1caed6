import type { Context } from '@/lib/context';
import { resendLost } from '@/lib/postgres/lost-jobs';
import { workQueue } from '@/lib/postgres/work-queue';
import { customersAtOnceMost } from '../state/command-model';
import { driveUnit } from './drive-unit';
import { backfillQueue, backfillQueueName, sendItem, UnitJob } from './queue';
import { selectUnitsWithoutJob } from './sql/lost';

export const resendLostUnits = resendLost(selectUnitsWithoutJob, sendItem);

/**
 * Takes days from the queue until `signal` aborts. Every day that it drives then goes back at once, and another worker
 * takes it. Returns when the worker is registered.
 */
export async function workBackfills(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await backfillQueue(ctx), name: backfillQueueName, db: ctx.db, log: ctx.log, signal };
  const pace = { places: Array(customersAtOnceMost).fill({}), resendLost: resendLostUnits };
  await workQueue(queue, pace, (data, until) => driveUnit(ctx, UnitJob.parse(data).itemId, until));
}
