import { cn } from '@/components/ui/cn';
import { dayName } from '@/components/ui/format';
import type { DayResult } from '@/lib/detection/model';
import { dayState, dayStates, daySummary } from './day-state';

/** Days in a line, the oldest at the left. A hatched day was not scanned. */
export function DayStrip({ days, byDay }: { days: string[]; byDay: Map<string, DayResult> }) {
  const affected = days.filter((day) => (byDay.get(day)?.affected ?? 0) > 0).length;
  const unscanned = days.filter((day) => !byDay.has(day)).length;
  return (
    <span
      role="img"
      aria-label={`${days.length} days: ${affected} affected, ${unscanned} not scanned`}
      className="inline-flex gap-px align-middle"
    >
      {days.map((day) => (
        <span
          key={day}
          title={`${dayName(day)}: ${daySummary(byDay.get(day))}`}
          className={cn('h-5 w-1.5 rounded-[2px] lg:w-2', dayStates[dayState(byDay.get(day))].fill)}
        />
      ))}
    </span>
  );
}
