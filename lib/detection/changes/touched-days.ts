import { stretchesParams } from '@/lib/customers/sql/scope';
import { addDays, type Day, dayStartMs, daysBetween } from '@/lib/days';
import type { DetectionEngine } from '../judge/engine';
import { asFew } from '../judge/read-few';
import { DetectionSession, type Limits, noCost } from '../judge/session';
import type { DetectionColumns } from '../judge/sql/columns';
import { dayText } from '../judge/tally';
import {
  createTouched,
  insertTouched,
  selectDaysTogether,
  selectTimesSplit,
  selectTouchedDays,
  touchedTable,
} from './sql/touched';

type Range = { fromDay: Day; toDay: Day };

/** So many ranges may one statement name: the time to understand it grows with their square. */
export const stretchesMost = 30;

/** Days that follow each other, as ranges. Takes them in any order. */
export function stretchesOf(days: Iterable<Day>): Range[] {
  const stretches: Range[] = [];
  for (const day of [...days].sort()) {
    const last = stretches.at(-1);
    if (last?.toDay === day) last.toDay = addDays(day, 1);
    else stretches.push({ fromDay: day, toDay: addDays(day, 1) });
  }
  return stretches;
}

export const msOf = ({ fromDay, toDay }: Range, timeZone: string) => ({
  fromMs: dayStartMs(fromDay, timeZone),
  toMs: dayStartMs(toDay, timeZone),
});

type Touching = {
  columns: DetectionColumns;
  range: Range;
  timeZone: string;
  days: ReadonlySet<Day>;
  outside: Iterable<Day>;
};

/**
 * The days of the range that have to be read together so that each answer is as if all of the range was read: `days`,
 * and every day on which a conversation of these, or of the days `outside` of the range, has another row. A day is judged
 * as a whole, and a conversation by all of its rows. Reads the ids of the range: once where the tables have `few` rows,
 * and otherwise twice where days were added.
 */
export async function touchedDays(
  engine: DetectionEngine,
  of: Touching & { few: boolean },
  limits: Limits,
): Promise<{ days: Day[]; cost: DetectionSession['cost'] }> {
  const all = daysBetween(of.range.fromDay, of.range.toDay);
  const first = [...of.days, ...of.outside];
  if (first.length === 0) return { days: [], cost: noCost() };
  const few = of.few ? await asFew(engine, () => touchedOfFew(engine, of, limits), limits) : null;
  if (few) return few;
  const find = async () => {
    const session = new DetectionSession(engine, limits);
    const found = new Set(of.days);
    try {
      await session.run(createTouched, {}, undefined);
      for (let added = first; added.length > 0 && found.size < all.length; ) {
        for (const stretch of stretchesOf(added))
          await session.run(insertTouched, msOf(stretch, of.timeZone), of.columns);
        const params = { ...msOf(of.range, of.timeZone), timeZone: of.timeZone };
        const touched = await session.read(selectTouchedDays, params, of.columns);
        added = touched
          .map(dayText)
          .filter((day) => !found.has(day) && day >= of.range.fromDay && day < of.range.toDay);
        for (const day of added) found.add(day);
      }
      return { days: all.filter((day) => found.has(day)), cost: session.cost };
    } finally {
      await session.close([touchedTable]);
    }
  };
  return engine.clickhouse.again(find, limits.signal);
}

/**
 * How often chunks that begin at `edges`, in ms, count conversations whose truth starts in several of them, by day, of the
 * days that have any. A conversation that is judged as a whole is counted once.
 */
export async function timesSplit(
  engine: DetectionEngine,
  of: { columns: DetectionColumns; range: Range; timeZone: string; days: readonly Day[]; edges: number[] },
  limits: Limits,
): Promise<{ times: Map<Day, number>; cost: DetectionSession['cost'] }> {
  if (of.edges.length < 2) return { times: new Map(), cost: noCost() };
  const find = async () => {
    const session = new DetectionSession(engine, limits);
    try {
      await session.run(createTouched, {}, undefined);
      for (const stretch of stretchesOf(of.days))
        await session.run(insertTouched, msOf(stretch, of.timeZone), of.columns);
      const { timeZone, edges } = of;
      const found = await session.read(selectTimesSplit, { ...msOf(of.range, timeZone), timeZone, edges }, of.columns);
      const times = new Map(found.map((one) => [dayText(one.day), one.times]));
      return { times: new Map([...times].filter(([day]) => of.days.includes(day))), cost: session.cost };
    } finally {
      await session.close([touchedTable]);
    }
  };
  return engine.clickhouse.again(find, limits.signal);
}

/** The same in one statement, which says for all days of the range on which others their conversations have rows. */
async function touchedOfFew(
  engine: DetectionEngine,
  { columns, range, timeZone, days, outside }: Touching,
  limits: Limits,
): Promise<{ days: Day[]; cost: DetectionSession['cost'] }> {
  const session = new DetectionSession(engine, limits);
  const ranges = [range, ...stretchesOf(outside)].map((one) => msOf(one, timeZone));
  const asked = { ...stretchesParams(ranges), timeZone };
  const sets = await session.read(selectDaysTogether, asked, { columns, stretches: ranges.length });
  const isInside = (day: Day) => day >= range.fromDay && day < range.toDay;
  const reached = new Set([...days, ...outside]);
  let left = sets.map((set) => set.map(dayText));
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    const touching = left.filter((set) => set.some((day) => reached.has(day)));
    left = left.filter((set) => !touching.includes(set));
    for (const day of touching.flat()) if (isInside(day)) reached.add(day);
  }
  return { days: [...reached].filter(isInside).sort(), cost: session.cost };
}
