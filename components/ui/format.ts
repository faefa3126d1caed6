import { daysOfUnit, timesOfUnit } from '@/lib/customers/unit-words-model';
import { shiftDay } from '@/lib/day-text';
import { visible } from '@/lib/text';
import { count, formatNumber } from '@/lib/words';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

const utc = (day: string) => new Date(`${day}T00:00:00Z`);

/** "1,204", but "12k" from 10,000 on, for places that fit five characters. */
export const compact = (value: number): string =>
  value < 10_000 ? formatNumber(value) : `${Math.round(value / 1000)}k`;

/** Whether a text from an address is a day of the calendar. */
export const isDay = (day: string): boolean => !Number.isNaN(utc(day).getTime());

/** "Tue 10 Feb 2026"; without the year "Tue 10 Feb". */
export function dayName(day: string, year = true): string {
  const date = utc(day);
  const short = `${weekdays[date.getUTCDay()]} ${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
  return year ? `${short} ${date.getUTCFullYear()}` : short;
}

export const monthName = (day: string): string => `${months[utc(day).getUTCMonth()]} ${utc(day).getUTCFullYear()}`;

/** The days of `[fromDay, toDay)`. */
export function eachDay(fromDay: string, toDay: string): string[] {
  const days: string[] = [];
  for (let day = fromDay; day < toDay && days.length < 400; day = shiftDay(day, 1)) days.push(day);
  return days;
}

/** Monday = 0. */
export const weekdayOf = (day: string): number => (utc(day).getUTCDay() + 6) % 7;

/**
 * The range in words with its last day, which is not `toDay`: "Tue 10 Feb 2026", "Sun 1 Feb – Tue 10 Feb 2026". Both
 * years are written where they differ.
 */
export function rangeName(fromDay: string, toDay: string): string {
  return endsOf(fromDay, toDay).join(' – ');
}

/** A unit of repair: its day, its days "Tue 10 Feb – Sat 14 Feb 2026", or its hours "Tue 10 Feb 2026, 08:00–12:00". */
export function unitName(unit: string): string {
  const { fromDay, toDay } = daysOfUnit(unit);
  const [from, to] = timesOfUnit(unit) ?? [];
  if (!from || !to || (from === '00:00' && to === '00:00')) return rangeName(fromDay, toDay);
  const last = shiftDay(toDay, -1);
  return last <= fromDay
    ? `${dayName(fromDay)}, ${from}–${to === '00:00' ? '24:00' : to}`
    : `${dayName(fromDay, false)}, ${from} – ${dayName(last)}, ${to}`;
}

/** The range in a sentence: "on Tue 10 Feb 2026", "between Sun 1 Feb and Tue 10 Feb 2026". */
export function inRange(fromDay: string, toDay: string): string {
  const ends = endsOf(fromDay, toDay);
  return ends.length === 1 ? `on ${ends[0]}` : `between ${ends.join(' and ')}`;
}

function endsOf(fromDay: string, toDay: string): string[] {
  const last = shiftDay(toDay, -1);
  if (last <= fromDay) return [dayName(fromDay)];
  return [dayName(fromDay, fromDay.slice(0, 4) !== last.slice(0, 4)), dayName(last)];
}

/** Durations for people: "0.4 s", "12 s", "3 min 20 s", "2 h 5 min". */
export function duration(ms: number): string {
  if (ms < 950) return `${(Math.max(ms, 0) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}

/** Long times, no finer than minutes: "40 min", "5 h 10 min", "3 days 4 h", "38 days"; only a short one in seconds. */
export function span(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 24) return duration(ms < 60_000 ? ms : Math.floor(ms / 60_000) * 60_000);
  const days = Math.floor(hours / 24);
  return days < 10 && hours % 24 > 0 ? `${count(days, 'day')} ${hours % 24} h` : count(days, 'day');
}

/** An estimate, no finer than it is: "a few seconds", "about 25 s", "about 3 min 30 s", "about 2 h 10 min". */
export function about(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  const step = seconds < 60 ? 5 : seconds < 600 ? 30 : seconds < 7_200 ? 60 : 600;
  return `about ${duration(Math.ceil(seconds / step) * step * 1_000)}`;
}

/** "just now", "2 s ago", "3 min ago", "5 h ago", "2 days ago". */
export function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${count(Math.floor(seconds / 86_400), 'day')} ago`;
}

/** A long id, shortened in the middle. */
export function shortId(id: string, length = 13): string {
  const shown = visible(id);
  if (shown.length <= length + 3) return shown;
  return `${shown.slice(0, Math.ceil(length * 0.6))}…${shown.slice(-Math.floor(length * 0.4))}`;
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

export type InstantParts = { day: string; clock: string; zone: string };

/** The registry may hold a zone that this browser does not know. Times are then in UTC and say so. */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  const parts = {
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    timeZoneName: 'short',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, ...parts });
  } catch {
    return new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...parts });
  }
}

/** An instant on a zone's calendar and clock, with the zone's short name. */
export function instantIn(ms: number, timeZone: string, withSeconds = true): InstantParts {
  const format = formatIn(timeZone);
  const parts = Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]));
  const seconds = withSeconds ? `:${pad(Number(parts.second))}` : '';
  return {
    day: `${parts.year}-${pad(Number(parts.month))}-${pad(Number(parts.day))}`,
    clock: `${pad(Number(parts.hour))}:${pad(Number(parts.minute))}${seconds}`,
    zone: parts.timeZoneName ?? timeZone,
  };
}

/** "2026-02-10 03:01:10 UTC", for titles. */
export const utcText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
