import { randomUUID } from 'node:crypto';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { hastenStop, insertStop, liftStop as lift, selectStop } from '@/lib/holds/sql/stops';
import { isConflict } from '@/lib/postgres/client';
import { sendDue } from '../repair/pause-run';
import { backfillQueue } from '../repair/queue';
import { selectPausedRuns } from '../state/sql/runs';
import { LiftStop, StopEverything } from '../state/stop-model';

/**
 * Stops all work on ClickHouse within a second: runs wait at their next boundary, scans and previews go back to their
 * queue, and nothing new begins, until the stop is lifted. `immediately` also stops Jobs, and units between a delete and
 * its relabel then need a person; it may follow a stop without it. Throws AppError('conflict') where everything is
 * stopped so already.
 */
export async function stopEverything(ctx: Context, input: StopEverything, actor: Actor): Promise<{ stopId: string }> {
  const { reason, immediately } = StopEverything.parse(input);
  try {
    return await ctx.db.transaction(async (tx) => {
      const [stop] = await tx.query(selectStop);
      if (stop && !(immediately && !stop.immediately)) throw stoppedAlready();
      const stopId = stop?.id ?? randomUUID();
      if (!stop) await tx.query(insertStop, { id: stopId, by: actor.name, reason, immediately });
      else if ((await tx.query(hastenStop)).length === 0) throw stoppedAlready();
      await recordAudit(tx, actor, { action: 'everything.stop', subject: stopId, reason, detail: { immediately } });
      return { stopId };
    });
  } catch (error) {
    if (isConflict(error, 'stops_one')) throw stoppedAlready();
    throw error;
  }
}

const stoppedAlready = () => new AppError('conflict', 'Everything is stopped already.');

/** Lifts "stop everything": what waited goes on. Throws AppError('conflict') where nothing is stopped. */
export async function liftStop(ctx: Context, input: LiftStop, actor: Actor): Promise<{ stopId: string }> {
  const { reason } = LiftStop.parse(input);
  const boss = await backfillQueue(ctx);
  return ctx.db.transaction(async (tx) => {
    const [lifted] = await tx.query(lift, { by: actor.name, reason });
    if (!lifted) throw new AppError('conflict', 'Nothing is stopped, so there is nothing to lift.');
    await recordAudit(tx, actor, { action: 'everything.lift', subject: lifted.id, reason });
    for (const { id, customerId } of await tx.query(selectPausedRuns, { cause: null }))
      await sendDue(tx, boss, { runId: id, customerId });
    return { stopId: lifted.id };
  });
}
