import { type Scope, scopeWithin } from '@/lib/customers/model';
import { instantsOf } from '@/lib/customers/unit-model';
import { countsOfUnit, type UnitPlan } from '../../state/plan-model';

type Range = Pick<Scope, 'fromMs' | 'toMs'>;

/** A statement looks at the start of each row in a gap, and at nothing else of it. */
const gapMsMost = 14 * 86_400_000;
/** The instants of a span's units are values of a statement. */
const unitsMost = 150;
/** Conversations that one statement reads; with those that run beside it this keeps the engine below 1 GB. */
const conversationsMost = 200_000;

/**
 * Units in order that one statement reads together, with small gaps between them: as long as they have at most `sizeMax`
 * conversations, by which its memory grows.
 */
export function spansOf(
  units: readonly Pick<UnitPlan, 'unit' | 'days'>[],
  { timeZone, sizeMax = conversationsMost }: { timeZone: string; sizeMax?: number },
): string[][] {
  const sizes = new Map(units.map((unit) => [unit.unit, countsOfUnit(unit).conversations]));
  const sizeOf = (group: readonly string[]) => group.reduce((sum, unit) => sum + (sizes.get(unit) ?? 0), 0);
  return grouped(
    [...sizes.keys()],
    timeZone,
    (gap, group, next) =>
      group.length < unitsMost && sizeOf([...group, next]) <= sizeMax && gap.toMs - gap.fromMs <= gapMsMost,
  );
}

/** Units that follow each other without a gap together, in order. */
export const neighboursOf = (units: readonly string[], timeZone: string): string[][] =>
  grouped([...units].sort(), timeZone, (gap) => gap.fromMs === gap.toMs);

/** Puts each unit into the group of the one before it where `joins` says so, which is not asked about the first. */
export function grouped(
  units: readonly string[],
  timeZone: string,
  joins: (gap: Range, group: readonly string[], next: string) => boolean,
): string[][] {
  const groups: string[][] = [];
  let endMs = 0;
  for (const unit of units) {
    const { fromMs, toMs } = instantsOf(unit, timeZone);
    const group = groups.at(-1);
    if (group && joins({ fromMs: endMs, toMs: fromMs }, group, unit)) group.push(unit);
    else groups.push([unit]);
    endMs = toMs;
  }
  return groups;
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

/** The ranges of units, those that follow each other as one. */
export const rangesOf = (units: readonly string[], scope: Scope): Range[] =>
  neighboursOf(units, scope.timeZone).map((span) => spanScope(scope, span));
