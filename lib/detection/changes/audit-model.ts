import { Temporal } from 'temporal-polyfill';
import type { Day } from '@/lib/days';
import { count } from '@/lib/words';
import { flagNames } from '../flags';
import type { Breakdown, DayResult } from '../model';
import { type MissShare, type ShareCounts, shareNumbers } from './miss-model';

const auditHour = 2;
const sharesMost = 20;

/** The reason of the full scan of a night. */
export const auditDue = 'the audit of the night is due';

/** Whether it became 02:00 in the zone since the last audit. Instants are in ms. */
export function auditIsDue(auditedAtMs: number, nowMs: number, timeZone: string): boolean {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone);
  const today = now.with({ hour: auditHour, minute: 0, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 });
  const last = Temporal.ZonedDateTime.compare(today, now) <= 0 ? today : today.subtract({ days: 1 });
  return auditedAtMs < last.epochMilliseconds;
}

const numbers = ['conversations', 'affected', 'stale', 'duplicates', 'missing', 'orphans', 'open', 'settling'] as const;

/** What a day of an audit was recorded as and what the full scan counted. `missed` conversations differ at least. */
export type Compared = { recorded: DayResult; found: DayResult; missed: number };

/** A difference of so many conversations is no proof of a miss, and why. */
export type Doubt = { upTo: number; why: string };

/** The days of an audit that can be compared, and why the others of it cannot. */
export type Comparable = { days: Day[]; left: Map<Day, string>; doubts: Map<Day, Doubt> };

/** The days that were counted whole on both sides, and recorded before the audit looked; and why others were not. */
export function compareDays(
  { days, recorded, found }: { days: readonly Day[]; recorded: readonly DayResult[]; found: readonly DayResult[] },
  lookedAtMs: number,
): { compared: Compared[]; left: Map<Day, string> } {
  const recordedOf = new Map(recorded.map((day) => [day.day, day]));
  const foundOf = new Map(found.map((day) => [day.day, day]));
  const compared: Compared[] = [];
  const left = new Map<Day, string>();
  for (const day of days) {
    const [was, is] = [recordedOf.get(day), foundOf.get(day)];
    if (!was) left.set(day, 'nothing was recorded');
    else if (was.asOfMs > lookedAtMs) left.set(day, 'another scan recorded it while this one read');
    else if (!is || is.atLeast || was.atLeast) left.set(day, 'not all conversations were counted');
    else compared.push({ recorded: was, found: is, missed: missedOf(was, is) });
  }
  return { compared, left };
}

/** What an audit could not compare, or null. `compared` is how many days it could. */
export function whyLeft(compared: number, left: ReadonlyMap<Day, string>): string | null {
  if (left.size === 0)
    return compared > 0 ? null : 'Every day changed since it was recorded, so nothing could be compared.';
  const whys = [...new Set(left.values())];
  const daysOf = (why: string) => [...left.values()].filter((one) => one === why).length;
  const [first = '', ...more] = whys;
  return [
    `${count(daysOf(first), 'day')} could not be compared because ${first}`,
    ...more.map((why) => `${count(daysOf(why), 'day')} because ${why}`),
  ].join(', ');
}

/** How many conversations of a day were at least counted otherwise, or for another agent or use case. */
export function missedOf(recorded: DayResult, found: DayResult): number {
  const counts = numbers.map((number) => Math.abs(recorded[number] - found[number]));
  const flags = flagNames.map((flag) => Math.abs(recorded.flags[flag] - found.flags[flag]));
  const agents = movedOf(sharesOf(recorded, 'byAgent'), sharesOf(found, 'byAgent'));
  const useCases = movedOf(sharesOf(recorded, 'byUseCase'), sharesOf(found, 'byUseCase'));
  return Math.max(...counts, ...flags, agents, useCases);
}

type Shares = { byKey: Map<string, Breakdown>; isWhole: boolean };

/** Of an affected conversation one agent and one use case are counted, but not all of these are kept, or have a name. */
const sharesOf = (day: DayResult, of: 'byAgent' | 'byUseCase'): Shares => ({
  byKey: new Map(day[of].map((share) => [share.key, share])),
  isWhole: day[of].reduce((sum, { affected }) => sum + affected, 0) === day.affected,
});

const noShare: ShareCounts = { affected: 0, stale: 0, duplicates: 0 };
const countsOf = ({ affected, stale, duplicates }: ShareCounts): ShareCounts => ({ affected, stale, duplicates });

/** Those that both sides know. */
function knownShares(recorded: Shares, found: Shares) {
  const isKnown = (key: string) =>
    (recorded.isWhole && found.isWhole) || (recorded.byKey.has(key) && found.byKey.has(key));
  return [...new Set([...recorded.byKey.keys(), ...found.byKey.keys()])]
    .filter(isKnown)
    .map((key) => ({ key, was: recorded.byKey.get(key) ?? noShare, is: found.byKey.get(key) ?? noShare }));
}

function movedOf(recorded: Shares, found: Shares): number {
  const shares = knownShares(recorded, found);
  const most = shareNumbers.map((number) => {
    const more = shares.reduce((sum, { was, is }) => sum + Math.max(is[number] - was[number], 0), 0);
    const fewer = shares.reduce((sum, { was, is }) => sum + Math.max(was[number] - is[number], 0), 0);
    return Math.max(more, fewer);
  });
  return Math.max(...most);
}

const apart = (one: { was: ShareCounts; is: ShareCounts }) =>
  Math.max(...shareNumbers.map((number) => Math.abs(one.is[number] - one.was[number])));

/** The agents and use cases of which a number differs, the largest differences first, 20 of each at most. */
export function sharesApart(recorded: DayResult, found: DayResult): MissShare[] {
  return (['byAgent', 'byUseCase'] as const).flatMap((by) =>
    knownShares(sharesOf(recorded, by), sharesOf(found, by))
      .filter((share) => apart(share) > 0)
      .sort((a, b) => apart(b) - apart(a))
      .slice(0, sharesMost)
      .map(({ key, was, is }) => ({
        of: by === 'byAgent' ? ('agent' as const) : ('use case' as const),
        key,
        recorded: countsOf(was),
        found: countsOf(is),
      })),
  );
}
