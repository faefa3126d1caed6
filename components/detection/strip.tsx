import { cn } from '@/components/ui/cn';
import { dayName } from '@/components/ui/format';
import { affectedDaysOf, type CustomerSummary, daysIn, stripOf } from '@/lib/detection/view/summary-model';
import { dayStates } from './day-state';

/** Days in a line, the oldest at the left. A hatched day was not scanned. */
export function DayStrip({ customer }: { customer: CustomerSummary }) {
  const days = stripOf(customer);
  const affected = affectedDaysOf(customer);
  const unscanned = daysIn(customer, ['unscanned']);
  return (
    <span
      role="img"
      aria-label={`${days.length} days: ${affected} affected, ${unscanned} not scanned`}
      className="inline-flex gap-px align-middle"
    >
      {days.map(({ day, state }) => (
        <span
          key={day}
          title={`${dayName(day)}: ${dayStates[state].word}`}
          className={cn('h-5 w-1.5 rounded-[2px] lg:w-2', dayStates[state].fill)}
        />
      ))}
    </span>
  );
}
