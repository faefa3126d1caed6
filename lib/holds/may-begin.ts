import type { Context } from '@/lib/context';
import { type HoursWindow, isInWindow } from '@/lib/hours-model';
import { type HeldTables, lookAtCluster } from './look-at-cluster';
import { holdSentence, type PauseCause, windowSentence } from './model';
import { selectStop } from './sql/stops';

/** Why work may not begin now. A hold ends by itself, when its numbers or, where it `isPlanned`, the hours allow it. */
export type Obstacle = { cause: Extract<PauseCause, 'hold' | 'stop everything'>; sentence: string; isPlanned?: true };

/**
 * Why no new work may begin on the cluster of these tables now; null where it may. Asks "stop everything" first, then the
 * hours, then the numbers, which are at most five seconds old. Without `tables` no numbers are asked.
 */
export async function obstacleTo(
  ctx: Pick<Context, 'db' | 'clickhouse' | 'clock' | 'config'>,
  { tables, window }: { tables: HeldTables | null; window?: HoursWindow },
): Promise<Obstacle | null> {
  const [stop] = await ctx.db.query(selectStop);
  if (stop) return { cause: 'stop everything', sentence: `${stop.by} stopped everything: ${stop.reason}` };
  if (window && !isInWindow(window, ctx.clock.now()))
    return { cause: 'hold', sentence: windowSentence(window), isPlanned: true };
  const sentence = tables ? holdSentence(await lookAtCluster(ctx, tables)) : null;
  return sentence === null ? null : { cause: 'hold', sentence };
}
