import { shiftDay } from '@/lib/day-text';
import { isDay } from '@/lib/days';

/** A half-open range of days. */
export type Days = { from: string; to: string };

export const oneDay = (day: string): Days => ({ from: day, to: shiftDay(day, 1) });
export const through = (from: string, last: string): Days => ({ from, to: shiftDay(last, 1) });
export const sameDays = (a: Days, b: Days): boolean => a.from === b.from && a.to === b.to;

const monthKeys = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdayKeys = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The number of a month by its name, 1 to 12. */
export const monthOf = (name: string): number => monthKeys.indexOf(name.slice(0, 3).toLowerCase()) + 1;
/** The number of a weekday by its name, Sunday = 0. */
export const weekdayOfName = (name: string): number => weekdayKeys.indexOf(name.slice(0, 3).toLowerCase());
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();

const pad = (value: number) => String(value).padStart(2, '0');

/** The day of these numbers, null where the calendar has none. A year of two digits is of this century. */
export function dayFrom(year: number, month: number, day: number): string | null {
  const text = `${year < 100 ? 2000 + year : year}-${pad(month)}-${pad(day)}`;
  return isDay(text) ? text : null;
}

/**
 * The day without a year that `today` would mean: the newest that is not after it; with another weekday than is written,
 * also the newest that has it.
 */
export function recentDays(today: string, month: number, day: number, weekday: number | null): string[] {
  const year = Number(today.slice(0, 4));
  const all = [0, 1, 2, 3, 4, 5]
    .flatMap((back) => dayFrom(year - back, month, day) ?? [])
    .filter((one) => one <= today);
  const [newest] = all;
  if (!newest) return [];
  if (weekday === null || weekdayOf(newest) === weekday) return [newest];
  const fitting = all.find((one) => weekdayOf(one) === weekday);
  return fitting ? [newest, fitting] : [newest];
}

/** The days of a month. */
export function monthDays(year: number, month: number): Days | null {
  const from = dayFrom(year, month, 1);
  const to = month === 12 ? dayFrom(year + 1, 1, 1) : dayFrom(year, month + 1, 1);
  return from && to ? { from, to } : null;
}

/** The newest day of a weekday before `today`. */
export const weekdayBefore = (today: string, weekday: number): string =>
  shiftDay(today, -(((weekdayOf(today) - weekday + 6) % 7) + 1));

/** The week from Monday on in which a day is. */
export function weekOf(day: string): Days {
  const from = shiftDay(day, -((weekdayOf(day) + 6) % 7));
  return { from, to: shiftDay(from, 7) };
}
