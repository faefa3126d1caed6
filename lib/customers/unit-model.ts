import { z } from 'zod';
import { addDays, dayOf, dayStartMs, daysBetween, isDay } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { type Customer, type Scope, scopeBetween, scopeWithin } from './model';

type Range = Pick<Scope, 'fromMs' | 'toMs'>;

const edge = String.raw`\d{4}-\d{2}-\d{2}t\d{9}`;

/**
 * The key of a unit of repair. Of one day it is the day, "2026-02-10". Of any other range it is its two instants, each
 * as a local day and the time since that day began: "2026-02-10t080000000-2026-02-12t000000000". Keys sort by their
 * beginning, fit into the name of a Job and into a tag, and mean the same range in one time zone only.
 */
export const unitPattern = String.raw`\d{4}-\d{2}-\d{2}(?:t\d{9}-${edge})?`;
export const UnitKey = z.string().regex(new RegExp(`^${unitPattern}$`));

const digits = (value: number, length: number) => String(value).padStart(length, '0');

/** Hours, minutes, seconds and milliseconds; a day of 25 hours has an hour 24. */
const timeOf = (ms: number): string =>
  `${digits(Math.floor(ms / 3_600_000), 2)}${digits(Math.floor(ms / 60_000) % 60, 2)}${digits(Math.floor(ms / 1_000) % 60, 2)}${digits(ms % 1_000, 3)}`;

function edgeOf(ms: number, timeZone: string): string {
  const day = dayOf(ms, timeZone);
  return `${day}t${timeOf(ms - dayStartMs(day, timeZone))}`;
}

/** The key of a range, the same for the same two instants. */
export function unitOf({ fromMs, toMs, timeZone }: Range & Pick<Scope, 'timeZone'>): string {
  const day = dayOf(fromMs, timeZone);
  return dayStartMs(day, timeZone) === fromMs && dayStartMs(addDays(day, 1), timeZone) === toMs
    ? day
    : `${edgeOf(fromMs, timeZone)}-${edgeOf(toMs, timeZone)}`;
}

function instantOf(text: string, timeZone: string): number {
  const [day = '', time = ''] = text.split('t');
  const [hours, minutes, seconds, ms] = [time.slice(0, 2), time.slice(2, 4), time.slice(4, 6), time.slice(6)].map(
    Number,
  );
  return dayStartMs(day, timeZone) + (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1_000 + (ms ?? 0);
}

/** The two instants of a unit; null where its key is none. */
export function rangeOfUnit(unit: string, timeZone: string): Range | null {
  const [from = '', to = ''] = [unit.slice(0, 20), unit.slice(21)];
  if (!UnitKey.safeParse(unit).success || !isDay(from.slice(0, 10)) || (to !== '' && !isDay(to.slice(0, 10))))
    return null;
  return to === ''
    ? { fromMs: dayStartMs(unit, timeZone), toMs: dayStartMs(addDays(unit, 1), timeZone) }
    : { fromMs: instantOf(from, timeZone), toMs: instantOf(to, timeZone) };
}

/** A unit as people give it, most often a day. */
export const UnitText = z.string().refine((text) => rangeOfUnit(text, 'UTC') !== null, 'Write a day as YYYY-MM-DD.');

/** True where a key means exactly this scope. */
export function isUnitOf(unit: string, scope: Scope): boolean {
  const range = rangeOfUnit(unit, scope.timeZone);
  return range !== null && range.fromMs === scope.fromMs && range.toMs === scope.toMs;
}

/** The two instants of a unit. Throws AppError('invalid_input') for a key that is none. */
export function instantsOf(unit: string, timeZone: string): Range {
  const range = rangeOfUnit(unit, timeZone);
  if (!range) throw new AppError('invalid_input', `"${unit.slice(0, 50)}" is no day and no range of instants.`);
  return range;
}

/** The scope of a unit. Throws AppError('invalid_input') for a key that is none. */
export const scopeOfUnit = (customer: Customer, unit: string): Scope =>
  scopeBetween(customer, instantsOf(unit, customer.timeZone));

/** A scope cut at the beginnings of its days. */
export const daysOfScope = (scope: Scope): Scope[] =>
  daysBetween(scope.fromDay, scope.toDay).map((day) =>
    scopeWithin(scope, {
      fromMs: Math.max(scope.fromMs, dayStartMs(day, scope.timeZone)),
      toMs: Math.min(scope.toMs, dayStartMs(addDays(day, 1), scope.timeZone)),
    }),
  );
