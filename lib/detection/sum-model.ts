import { eachFlag, flagNames } from './flags';
import type { DayCounts } from './model';

/** The counts of several days together; of none, zeros. */
export function sumCounts(days: readonly DayCounts[]): DayCounts {
  const total: DayCounts = {
    conversations: 0,
    affected: 0,
    stale: 0,
    duplicates: 0,
    missing: 0,
    orphans: 0,
    open: 0,
    settling: 0,
    flags: eachFlag(() => 0),
  };
  for (const day of days) {
    for (const key of [
      'conversations',
      'affected',
      'stale',
      'duplicates',
      'missing',
      'orphans',
      'open',
      'settling',
    ] as const)
      total[key] += day[key];
    for (const flag of flagNames) total.flags[flag] += day.flags[flag];
  }
  return total;
}
