import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { HoldRun } from '../state/command-model';
import { endHold, insertEvent, keepHold, lockRun, takeHold } from '../state/sql/runs';

/** A hold ends this long after it was taken or kept, so that a browser that was closed does not hold the run. */
const leaseMs = 10_000;

/**
 * Holds a run before its next delete while a person reads what cancelling would do. A hold lasts a minute at
 * most, which the database enforces, and is an event of the run. `held` is false where somebody else holds the run
 * already, where the minute is over, and where the run is not active.
 */
export async function holdRun(ctx: Pick<Context, 'db'>, input: HoldRun, actor: Actor): Promise<{ held: boolean }> {
  const { runId, hold } = HoldRun.parse(input);
  return ctx.db.transaction(async (tx) => {
    const [run] = await tx.query(lockRun, { runId });
    if (!run) throw new AppError('not_found', 'There is no such backfill.');
    const mine = run.heldBy === actor.name;
    if (hold === 'release') {
      if (mine) await tx.query(endHold, { runId });
      return { held: false };
    }
    if (run.status !== 'queued' && run.status !== 'running') return { held: false };
    if (mine) await tx.query(keepHold, { runId, leaseMs });
    if (mine || run.heldBy !== null || hold === 'keep') return { held: mine };
    await tx.query(takeHold, { runId, by: actor.name, leaseMs });
    const text = `${actor.name} looks at how to cancel: no delete begins meanwhile, for a minute at most.`;
    await tx.query(insertEvent, { runId, itemId: null, kind: 'held', text, numbers: '{}' });
    return { held: true };
  });
}
