import { rangeName } from '@/components/ui/format';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { daysOfUnit } from '@/lib/customers/unit-words-model';
import { agree, count } from '@/lib/words';

/** Days that need nothing, in one line that opens into the reasons. */
export function SkippedUnits({ skipped }: { skipped: readonly Pick<Plan['units'][number], 'unit' | 'skip'>[] }) {
  if (skipped.length === 0) return null;
  const byReason = new Map<string, string[]>();
  for (const { unit, skip } of skipped) byReason.set(skip ?? '', [...(byReason.get(skip ?? '') ?? []), unit]);
  return (
    <details className="text-muted text-sm">
      <summary className="cursor-pointer">
        {count(skipped.length, 'day')} {agree(skipped.length, 'needs', 'need')} nothing
      </summary>
      <ul className="mt-1 flex list-disc flex-col gap-1 pl-5">
        {[...byReason].map(([reason, units]) => (
          <li key={reason}>
            {reason.replace(/\.$/, '')}: {rangesOf(units).join('; ')}.
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Days that follow each other as one range each. */
function rangesOf(units: readonly string[]): string[] {
  const ranges: { fromDay: string; toDay: string }[] = [];
  for (const unit of units) {
    const { fromDay, toDay } = daysOfUnit(unit);
    const last = ranges.at(-1);
    if (last?.toDay === fromDay) last.toDay = toDay;
    else ranges.push({ fromDay, toDay });
  }
  return ranges.map(({ fromDay, toDay }) => rangeName(fromDay, toDay));
}
