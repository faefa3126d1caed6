import type { Scope } from '@/lib/customers/model';
import { addDays, type Day, dayStartMs } from '@/lib/days';

/** Neighbouring days together, in order, as long as their `sizeOf` adds up to no more than `sizeMax`. */
export function spansOf(days: readonly Day[], sizeOf: (day: Day) => number = () => 0, sizeMax = 0): Day[][] {
  const spans: Day[][] = [];
  let filled = 0;
  for (const day of days) {
    const span = spans.at(-1);
    const last = span?.at(-1);
    const size = sizeOf(day);
    if (span && last && addDays(last, 1) === day && filled + size <= sizeMax) span.push(day);
    else {
      spans.push([day]);
      filled = 0;
    }
    filled += size;
  }
  return spans;
}

/** The scope from the first to the last of these days of a scope; of no day the scope itself. */
export function spanScope(scope: Scope, days: readonly Day[]): Scope {
  const [fromDay, last] = [days[0], days.at(-1)];
  if (!fromDay || !last) return scope;
  const toDay = addDays(last, 1);
  const { timeZone } = scope;
  return { ...scope, fromDay, toDay, fromMs: dayStartMs(fromDay, timeZone), toMs: dayStartMs(toDay, timeZone) };
}
