import { shiftDay } from '@/lib/day-text';
import { dayInWords, longDay } from '@/lib/words';

/** The day on which a unit begins. */
export const firstDayOf = (unit: string): string => unit.slice(0, 10);

/** The days that a unit touches, from inclusive to exclusive. */
export function daysOfUnit(unit: string): { fromDay: string; toDay: string } {
  const [fromDay, last, time] = [unit.slice(0, 10), unit.slice(21, 31), unit.slice(32)];
  if (last === '') return { fromDay, toDay: shiftDay(fromDay, 1) };
  return { fromDay, toDay: Number(time) === 0 ? last : shiftDay(last, 1) };
}

/** The days of `[fromDay, toDay)`: "10 Feb 2026", "10 Feb 2026 to 14 Feb 2026" with both days. */
export function rangeInWords(fromDay: string, toDay: string): string {
  const last = shiftDay(toDay, -1);
  return last <= fromDay ? longDay(fromDay) : `${longDay(fromDay)} to ${longDay(last)}`;
}

const clockOf = (time: string) =>
  `${time.slice(0, 2)}:${time.slice(2, 4)}${Number(time.slice(4)) === 0 ? '' : `:${time.slice(4, 6)}.${time.slice(6)}`}`;

/** The local times at which a unit begins and ends, "08:00"; null where its key is a day. */
export const timesOfUnit = (unit: string): [from: string, to: string] | null =>
  unit.length === 10 ? null : [clockOf(unit.slice(11, 20)), clockOf(unit.slice(32))];

/** A unit in a sentence about its run: "10 Feb", "10 Feb to 14 Feb", "10 Feb 08:00 to 12:00". */
export const unitInProse = (unit: string): string =>
  unitInWords(unit).replace(/\d{4}-\d{2}-\d{2}/g, (day) => dayInWords(day));

/** A unit as sentences name it: its day, "2026-02-10 to 2026-02-14" with both days, or "2026-02-10 08:00 to 12:00". */
export function unitInWords(unit: string): string {
  const [from, to] = timesOfUnit(unit) ?? [];
  if (!from || !to) return unit;
  const { fromDay, toDay } = daysOfUnit(unit);
  const last = shiftDay(toDay, -1);
  if (from === '00:00' && to === '00:00') return `${fromDay} to ${last}`;
  return `${fromDay} ${from} to ${last === fromDay ? '' : `${last} `}${to === '00:00' ? '24:00' : to}`;
}
