import type { DayCounts } from './model';

/** What the counts of some days prove. Only 'counted' proves that nothing is wrong, so only that is green. */
export type Certainty = 'affected' | 'not looked at' | 'counted in part' | 'settling' | 'no conversations' | 'counted';

/** What the counts prove: a fault if there is one, else the first reason why they prove nothing. */
export function certaintyOf(
  counts: Pick<DayCounts, 'affected' | 'settling' | 'conversations'>,
  { atLeast, unscanned }: { atLeast: boolean; unscanned: number },
): Certainty {
  if (counts.affected > 0) return 'affected';
  if (unscanned > 0) return 'not looked at';
  if (atLeast) return 'counted in part';
  if (counts.settling > 0) return 'settling';
  return counts.conversations === 0 ? 'no conversations' : 'counted';
}
