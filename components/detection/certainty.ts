import type { DayCounts } from '@/lib/detection/model';

/** What may be said of some days: only 'counted' is an all-clear, and only that is green. */
export type Certainty = 'affected' | 'not looked at' | 'counted in part' | 'settling' | 'no conversations' | 'counted';

/** The worst of what the counts say and of what they leave out. */
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
