import { unitOf } from '@/lib/customers/unit-model';
import { addDays, type Day, dayStartMs } from '@/lib/days';
import type { UnitChoice } from '../../state/choice-model';

/**
 * A day that is to be repaired, as units are chosen from. `rows` are those that a relabel writes or a delete takes,
 * whichever are more. `partitions` are those of the label table that hold its rows. `hours` are the instants between
 * which everything affected on a large day lies, with nothing across their edges; null where it is not so, or where
 * nobody looked.
 */
export type UnitDay = {
  day: Day;
  rows: number;
  partitions: readonly string[];
  hours: { fromMs: number; toMs: number } | null;
};

/**
 * The units in which days are repaired, each as the days that it is of, in order. `joined` puts days together that follow
 * each other, as long as their rows are at most `rowsMax` and lie in one partition:
 * docs/clickhouse-facts.md#deletes-rewrite-parts. `tight` takes only the affected hours of a day with more rows than
 * that. `day` takes each day.
 */
export function unitsOf(
  days: readonly UnitDay[],
  { choice, rowsMax, timeZone }: { choice: UnitChoice; rowsMax: number; timeZone: string },
): { unit: string; days: Day[] }[] {
  const groups: UnitDay[][] = [];
  for (const day of days) {
    const group = groups.at(-1);
    if (group && choice !== 'day' && mayJoin(group, day, rowsMax)) group.push(day);
    else groups.push([day]);
  }
  return groups.map((group) => ({
    unit: keyOf(group, { timeZone, isTight: choice === 'tight', rowsMax }),
    days: group.map(({ day }) => day),
  }));
}

/** An order of a Job is of 40 days at most. */
const daysMost = 31;

function mayJoin(group: readonly UnitDay[], next: UnitDay, rowsMax: number): boolean {
  const all = [...group, next];
  return (
    all.length <= daysMost &&
    addDays(group.at(-1)?.day ?? next.day, 1) === next.day &&
    all.reduce((sum, { rows }) => sum + rows, 0) <= rowsMax &&
    new Set(all.flatMap(({ partitions }) => partitions)).size <= 1
  );
}

function keyOf(
  group: readonly UnitDay[],
  { timeZone, isTight, rowsMax }: { timeZone: string; isTight: boolean; rowsMax: number },
): string {
  const [first, last] = [group[0], group.at(-1)];
  if (!first || !last) throw new Error('a unit without a day');
  if (isTight && first.hours && isLarge(first, rowsMax)) return unitOf({ ...first.hours, timeZone });
  return unitOf({
    fromMs: dayStartMs(first.day, timeZone),
    toMs: dayStartMs(addDays(last.day, 1), timeZone),
    timeZone,
  });
}

/** True for a day that is a unit of its own. */
export const isLarge = ({ rows }: Pick<UnitDay, 'rows'>, rowsMax: number): boolean => rows > rowsMax;

/** The partition of a part, which the name of each part begins with. */
export const partitionOfPart = (part: string): string => part.slice(0, part.indexOf('_'));
