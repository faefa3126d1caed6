import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';
import { atIntervals, every, poll } from '@/lib/poll';
import { scheduleRound } from './schedule-round';

/** How often the schedule looks while it has nothing to do. A new customer is taken up within this time. */
const idleMs = 5_000;
/** The same while there is more to do. */
const busyMs = 250;

/**
 * Keeps every customer's last days looked at: at once for one that was never scanned, then every `scanEveryMs` (0 means
 * never again), the longest not looked at first, within the budget. Several schedulers may run, and one decides at a time.
 * Runs until `signal` aborts. A failure is logged, and the next round tries again.
 */
export async function scheduleScans(ctx: Context, signal: AbortSignal): Promise<void> {
  const round = async () => ((await scheduleRound(ctx, signal)).more ? null : true);
  await atIntervals(
    idleMs,
    signal,
    () => poll({ ...every(busyMs), signal }, round),
    (error) => ctx.log.warn({ reason: messageOf(error) }, 'scans could not be scheduled'),
  );
}
