import { type Scope, scopeWithin } from '@/lib/customers/model';
import { instantsOf } from '@/lib/customers/unit-model';

type Sized = { sizeOf: (unit: string) => number; sizeMax: number };

/** Units that follow each other without a gap together, in order, as long as their sizes add up to `sizeMax` at most. */
export function spansOf(
  units: readonly string[],
  timeZone: string,
  { sizeOf, sizeMax }: Sized = { sizeOf: () => 0, sizeMax: 0 },
): string[][] {
  const spans: string[][] = [];
  let filled = 0;
  let endMs = Number.NaN;
  for (const unit of units) {
    const span = spans.at(-1);
    const size = sizeOf(unit);
    const { fromMs, toMs } = instantsOf(unit, timeZone);
    if (span && endMs === fromMs && filled + size <= sizeMax) span.push(unit);
    else {
      spans.push([unit]);
      filled = 0;
    }
    filled += size;
    endMs = toMs;
  }
  return spans;
}

/** The scope from the first to the last of these units of a scope; of no unit the scope itself. */
export function spanScope(scope: Scope, units: readonly string[]): Scope {
  const [first, last] = [units[0], units.at(-1)];
  if (!first || !last) return scope;
  const { timeZone } = scope;
  return scopeWithin(scope, {
    fromMs: instantsOf(first, timeZone).fromMs,
    toMs: instantsOf(last, timeZone).toMs,
  });
}

/** The ranges of units, those that follow each other as one: as two arrays of milliseconds. */
export function rangesOf(units: readonly string[], scope: Scope): { fromMs: number[]; toMs: number[] } {
  const spans = spansOf([...units].sort(), scope.timeZone).map((span) => spanScope(scope, span));
  return { fromMs: spans.map(({ fromMs }) => fromMs), toMs: spans.map(({ toMs }) => toMs) };
}
