import { Temporal } from 'temporal-polyfill';
import { addDays, type Day, dayOf } from '@/lib/days';
import type { HoursWindow } from '@/lib/hours-model';

/** One occurrence of a window, `toMs` exclusive. Its name is the day on which it begins, in the window's time zone. */
export type Night = { night: Day; fromMs: number; toMs: number };

const instantOf = (day: Day, time: string, timeZone: string) =>
  Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;

/**
 * The window that begins on a day, or null where a change of the clock leaves none of its hours. An hour that is skipped
 * becomes the next one, and of an hour that comes twice the first counts, so a night never begins earlier than written.
 */
export function nightOn({ from, to, timeZone }: HoursWindow, day: Day): Night | null {
  const fromMs = instantOf(day, from, timeZone);
  const toMs = instantOf(to > from ? day : addDays(day, 1), to, timeZone);
  return fromMs < toMs ? { night: day, fromMs, toMs } : null;
}

/** The windows that begin on the local days around an instant, oldest first. */
function nightsAround(window: HoursWindow, atMs: number, daysBefore: number, daysAfter: number): Night[] {
  const today = dayOf(atMs, window.timeZone);
  const days = Array.from({ length: daysBefore + daysAfter + 1 }, (_, at) => addDays(today, at - daysBefore));
  return days.flatMap((day) => nightOn(window, day) ?? []);
}

/** The night whose window is open at an instant, or null. */
export const nightOf = (window: HoursWindow, atMs: number): Night | null =>
  nightsAround(window, atMs, 1, 0).find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs) ?? null;

/** The last night that had begun at an instant: the open one, else the one before. */
export function lastNight(window: HoursWindow, atMs: number): Night {
  const begun = nightsAround(window, atMs, 4, 0).filter(({ fromMs }) => fromMs <= atMs);
  return begun.at(-1) as Night;
}

/** The next night that begins after an instant. */
export const nextNight = (window: HoursWindow, atMs: number): Night =>
  nightsAround(window, atMs, 0, 4).find(({ fromMs }) => fromMs > atMs) as Night;

/** The nights that ended after `sinceMs` and up to `untilMs`, oldest first. */
export function nightsEnded(window: HoursWindow, sinceMs: number, untilMs: number): Night[] {
  const daysBefore = Math.ceil((untilMs - sinceMs) / 86_400_000) + 2;
  return nightsAround(window, untilMs, daysBefore, 0).filter(({ toMs }) => toMs > sinceMs && toMs <= untilMs);
}

/**
 * The days that a night repairs, `toDay` exclusive: the newest is over and older than the safety margin in every
 * customer's time zone.
 */
export function daysOf(
  atMs: number,
  { daysBack, marginMs, timeZones }: { daysBack: number; marginMs: number; timeZones: readonly string[] },
): { fromDay: Day; toDay: Day } {
  const settled = timeZones.map((timeZone) => dayOf(atMs - marginMs, timeZone)).sort();
  const toDay = settled[0] ?? dayOf(atMs - marginMs, 'UTC');
  return { fromDay: addDays(toDay, -daysBack), toDay };
}
