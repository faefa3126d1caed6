import type { PgBoss } from 'pg-boss';
import type { Context } from '@/lib/context';
import { unitInWords } from '@/lib/customers/unit-words-model';
import type { Transaction } from '@/lib/postgres/client';
import { type Resend, resendLost } from '@/lib/postgres/lost-jobs';
import { workQueue } from '@/lib/postgres/work-queue';
import { customersAtOnceMost } from '../state/command-model';
import { selectWork } from '../state/sql/items';
import { insertEvent } from '../state/sql/runs';
import { advanceIn } from './advance';
import { driveUnit } from './drive-unit';
import { backfillQueue, backfillQueueName, sendItem, UnitJob } from './queue';
import { deleteGivenUp, type LostUnitRow, selectUnitsWithoutJob } from './sql/lost';

/**
 * Sends units again that the queue lost, as the run's events say. One of which nothing was heard for more than a day needs
 * attention instead, so that a person resumes it.
 */
export const resendLostUnits = (ctx: Context): Resend => {
  const resend = resendLost(selectUnitsWithoutJob, (boss, tx, unit) => sendAgain(ctx, boss, tx, unit));
  return async (queue) => {
    await queue.db.query(deleteGivenUp, { queue: queue.name });
    return resend(queue);
  };
};

async function sendAgain(ctx: Context, boss: PgBoss, tx: Transaction, unit: LostUnitRow): Promise<boolean> {
  const { itemId, runId } = unit;
  if (!unit.isLate) {
    const text = `${unitInWords(unit.unit)}: the queue had lost its job, so it was sent again.`;
    await tx.query(insertEvent, { runId, itemId, kind: 'sent again', text, numbers: '{}' });
    await sendItem(boss, tx, unit);
    return true;
  }
  const [work] = await tx.query(selectWork, { itemId });
  if (!work) return false;
  const lost = 'The queue lost its job, and nothing was done for more than a day.';
  const on = { ctx, boss };
  const begun =
    work.state.status === 'planned'
      ? await advanceIn(tx, on, work, { event: { kind: 'begin' }, sentence: lost })
      : work;
  const sentence = `${lost} So it does not go on by itself: a person resumes it.`;
  await advanceIn(tx, on, begun, { event: { kind: 'failed', sentence, remedy: 'resume' }, sentence });
  return false;
}

/**
 * Takes days from the queue until `signal` aborts. Every day that it drives then goes back at once, and another worker
 * takes it. Returns when the worker is registered.
 */
export async function workBackfills(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await backfillQueue(ctx), name: backfillQueueName, db: ctx.db, log: ctx.log, signal };
  const pace = { places: Array(customersAtOnceMost).fill({}), resendLost: resendLostUnits(ctx) };
  await workQueue(queue, pace, (data, until) => driveUnit(ctx, UnitJob.parse(data).itemId, until));
}
