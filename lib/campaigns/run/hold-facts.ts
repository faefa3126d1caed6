import { holdOf } from '@/lib/backfill/repair/park-unit';
import type { Context } from '@/lib/context';
import { obstacleTo } from '@/lib/holds/may-begin';
import { selectHoldSubject } from '../sql/campaigns';
import type { HoldFacts } from '../state/next-of';

/**
 * What keeps a campaign from beginning new work now: "stop everything", its window, or the numbers of the cluster of the
 * customer that is next; null where nothing does. Runs look at the first and the last themselves.
 */
export async function holdFacts(ctx: Context, campaignId: string): Promise<HoldFacts | null> {
  const [subject] = await ctx.db.query(selectHoldSubject, { campaignId });
  if (!subject) return null;
  const obstacle = await obstacleTo(ctx, { tables: null, window: subject.window });
  if (obstacle) return { ...obstacle, pausesRuns: obstacle.cause === 'hold' };
  const sentence = subject.database === null ? null : await holdOf(ctx, { database: subject.database });
  return sentence === null ? null : { cause: 'hold', sentence, pausesRuns: false };
}
