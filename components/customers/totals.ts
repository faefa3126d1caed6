import { flagList } from '@/components/detection/flags';
import type { DayCounts, DayResult } from '@/lib/detection/model';

/** Sums days on the client, without the schemas that the model's own sum would bring along. */
export function totalsOf(days: readonly DayResult[]): DayCounts {
  const sum = (pick: (day: DayResult) => number) => days.reduce((total, day) => total + pick(day), 0);
  return {
    conversations: sum((day) => day.conversations),
    affected: sum((day) => day.affected),
    stale: sum((day) => day.stale),
    duplicates: sum((day) => day.duplicates),
    missing: sum((day) => day.missing),
    orphans: sum((day) => day.orphans),
    open: sum((day) => day.open),
    settling: sum((day) => day.settling),
    flags: Object.fromEntries(flagList.map((flag) => [flag, sum((day) => day.flags[flag])])) as DayCounts['flags'],
  };
}
