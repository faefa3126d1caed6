import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { StayRun } from '../state/command-model';
import { endStay, insertEvent, keepStay, lockRun, takeStay } from '../state/sql/runs';

/** A stay ends this long after it was taken or kept, so that a browser that was closed does not stay the run. */
const leaseMs = 10_000;

/**
 * Stays a run before its next delete while a person reads what cancelling would do. A stay lasts a minute at most,
 * which the database enforces, and is an event of the run. `stayed` is false where somebody else has one already,
 * where the minute is over, and where the run is not active.
 */
export async function stayRun(ctx: Pick<Context, 'db'>, input: StayRun, actor: Actor): Promise<{ stayed: boolean }> {
  const { runId, stay } = StayRun.parse(input);
  return ctx.db.transaction(async (tx) => {
    const [run] = await tx.query(lockRun, { runId });
    if (!run) throw new AppError('not_found', 'There is no such backfill.');
    const mine = run.stayedBy === actor.name;
    if (stay === 'release') {
      if (mine) await tx.query(endStay, { runId });
      return { stayed: false };
    }
    if (run.status !== 'queued' && run.status !== 'running') return { stayed: false };
    if (mine) await tx.query(keepStay, { runId, leaseMs });
    if (mine || run.stayedBy !== null || stay === 'keep') return { stayed: mine };
    await tx.query(takeStay, { runId, by: actor.name, leaseMs });
    const text = `${actor.name} looks at how to cancel: no delete begins meanwhile, for a minute at most.`;
    await tx.query(insertEvent, { runId, itemId: null, kind: 'stayed', text, numbers: '{}' });
    return { stayed: true };
  });
}
