import { Temporal } from 'temporal-polyfill';
import { AppError } from './errors';

/** A day in a customer's time zone, "YYYY-MM-DD". */
export type Day = string;

const plain = (day: Day) => Temporal.PlainDate.from(day, { overflow: 'reject' });

/** Whether the text is a calendar day "YYYY-MM-DD" in the years that ClickHouse, Postgres and all zones support. */
export function isDay(text: string): boolean {
  if (!/^(19[7-9]|20\d|21\d)\d-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return plain(text).toString() === text;
  } catch {
    return false;
  }
}

/**
 * Whether the text is a day and a time on a clock, "2026-02-10T14:30", or with seconds or milliseconds; with "Z" or an
 * offset as "-05:00" behind it, it is an instant.
 */
export const isMoment = (text: string): boolean =>
  isDay(text.slice(0, 10)) &&
  /^T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{3})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$/.test(text.slice(10));

/** Zones that were asked for: each question to the runtime takes a fifth of a millisecond, and each day asks. */
const knownZones = new Set<string>();
const knownZonesMost = 1_000;

/** Whether this runtime knows the zone of the IANA database. */
export function isTimeZone(name: string): boolean {
  if (knownZones.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    if (!/^[A-Za-z][A-Za-z0-9+\-_/]*$/.test(name)) return false;
    if (knownZones.size < knownZonesMost) knownZones.add(name);
    return true;
  } catch {
    return false;
  }
}

/** Throws AppError('refused') for a zone that this runtime does not know. An old row of the registry may have one. */
function known(timeZone: string): string {
  if (isTimeZone(timeZone)) return timeZone;
  throw new AppError(
    'refused',
    `The customer’s time zone “${timeZone}” is not in the IANA database. Correct it in the registry.`,
  );
}

/**
 * The first instant, in milliseconds, whose local date is `day`. That is not always midnight: in Africa/Cairo the day
 * 2026-04-24 begins at 01:00.
 */
export function dayStartMs(day: Day, timeZone: string): number {
  return plain(day).toZonedDateTime(known(timeZone)).epochMilliseconds;
}

/**
 * The instant, in milliseconds, of a moment: at which a clock in the zone shows it, and where it shows that twice, the
 * earlier one. A moment with an offset is the same instant in every zone.
 */
export function instantOf(moment: string, timeZone: string): number {
  if (/(Z|[+-]\d\d:\d\d)$/.test(moment)) return Temporal.Instant.from(moment).epochMilliseconds;
  return Temporal.PlainDateTime.from(moment).toZonedDateTime(known(timeZone)).epochMilliseconds;
}

/** The other instant, in milliseconds, at which clocks in the zone show the same, since they were set back; else null. */
export function twinOf(instantMs: number, timeZone: string): number | null {
  const at = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(known(timeZone));
  const [earlier, later] = (['earlier', 'later'] as const).map(
    (disambiguation) => at.toPlainDateTime().toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds,
  ) as [number, number];
  if (earlier === later) return null;
  return instantMs === earlier ? later : earlier;
}

/** The day of an instant in a zone. */
export function dayOf(instantMs: number, timeZone: string): Day {
  return Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(known(timeZone)).toPlainDate().toString();
}

export function addDays(day: Day, days: number): Day {
  return plain(day).add({ days }).toString();
}

/** The days of the half-open range, oldest first. */
export function daysBetween(fromDay: Day, toDay: Day): Day[] {
  const days: Day[] = [];
  for (let day = fromDay; day < toDay; day = addDays(day, 1)) days.push(day);
  return days;
}

/** How many days `[fromDay, toDay)` holds; negative when reversed. */
export function dayCount(fromDay: Day, toDay: Day): number {
  return plain(fromDay).until(plain(toDay), { largestUnit: 'days' }).days;
}

/** Throws AppError('invalid_input') unless the range is two real days, in order and at most `daysMax` long. */
export function checkDayRange(fromDay: Day, toDay: Day, daysMax = 366): void {
  for (const [field, day] of [
    ['from', fromDay],
    ['to', toDay],
  ] as const) {
    if (!isDay(day))
      throw new AppError('invalid_input', `"${day.slice(0, 40)}" is not a day. Write it as YYYY-MM-DD.`, {
        fields: { [field]: 'not a day' },
      });
  }
  const days = dayCount(fromDay, toDay);
  if (days <= 0)
    throw new AppError('invalid_input', 'The range is empty: "to" is exclusive and must be after "from".', {
      fields: { to: 'not after from' },
    });
  if (days > daysMax)
    throw new AppError('invalid_input', `The range has ${days} days; at most ${daysMax} are allowed.`, {
      fields: { to: 'too far' },
    });
}
