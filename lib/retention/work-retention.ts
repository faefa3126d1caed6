import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';
import { atIntervals } from '@/lib/poll';
import { ageOut } from './age-out';

/** How often a worker looks whether a rule is due; each is once an hour. */
const lookEveryMs = 10 * 60_000;

/** Removes what is old, once an hour, until `signal` aborts. A failure is logged, and the next look tries again. */
export async function workRetention(ctx: Context, signal: AbortSignal): Promise<void> {
  const round = async () => {
    const removed = Object.fromEntries(Object.entries(await ageOut(ctx, signal)).filter(([, rows]) => rows > 0));
    if (Object.keys(removed).length > 0) ctx.log.info({ removed }, 'what is old was removed');
  };
  await atIntervals(lookEveryMs, signal, round, (error) =>
    ctx.log.warn({ reason: messageOf(error) }, 'what is old could not be removed'),
  );
}
