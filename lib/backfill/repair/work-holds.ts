import type { Context } from '@/lib/context';
import { type HoldLook, holdSentence } from '@/lib/holds/model';
import { atIntervals } from '@/lib/poll';
import { lockRun, selectPausedRuns, updatePause } from '../state/sql/runs';
import { lookAtHolds } from './park-unit';
import { resumeRun } from './pause-run';
import { backfillQueue } from './queue';

const everyMs = 5_000;
/** A number that cannot be read for so long holds nothing any more, as it holds nothing that begins. */
const unreadMs = 5 * 60_000;

/** Lets held runs go on once their numbers are within the limits, until `signal` aborts. */
export async function workHolds(ctx: Context, signal: AbortSignal): Promise<void> {
  const look = () => lookAtHeldRuns(ctx);
  await atIntervals(everyMs, signal, look, (error) => ctx.log.warn({ err: error }, 'held runs could not be looked at'));
}

/**
 * Looks at every held run once: it goes on, or says the numbers of now. What could be read some minutes ago and cannot
 * be read now ends no hold.
 */
export async function lookAtHeldRuns(ctx: Context): Promise<void> {
  const boss = await backfillQueue(ctx);
  for (const run of await ctx.db.query(selectPausedRuns, { cause: 'hold' })) {
    const look = await lookAtHolds(ctx, run.scope);
    if (!look) continue;
    const reason = holdSentence(look);
    const mayBeRead = look.unread.some(({ passes, sinceMs }) => passes && ctx.clock.now() - sinceMs < unreadMs);
    if (reason === run.reason || (reason === null && mayBeRead)) continue;
    await ctx.db.transaction(async (tx) => {
      if (reason === null) {
        await resumeRun(tx, boss, { runId: run.id, causes: ['hold'], text: goesOn(look) });
        return;
      }
      const [locked] = await tx.query(lockRun, { runId: run.id });
      if (locked?.pause?.cause === 'hold')
        await tx.query(updatePause, { runId: run.id, pause: JSON.stringify({ ...locked.pause, reason }) });
    });
  }
}

function goesOn({ unread }: HoldLook): string {
  if (unread.length === 0) return 'The numbers are within the limits again. The run goes on.';
  const said = unread.map(({ sentence }) => sentence).join(' ');
  return `The numbers that can be read are within the limits. ${said} The run goes on.`;
}
