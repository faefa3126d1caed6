import { Temporal } from 'temporal-polyfill';
import { flagNames } from '../flags';
import type { DayCounts } from '../model';

const auditHour = 2;

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

/** How many conversations of a day were at least counted otherwise. */
export function missedOf(recorded: DayCounts, found: DayCounts): number {
  const counts = numbers.map((number) => Math.abs(recorded[number] - found[number]));
  const flags = flagNames.map((flag) => Math.abs(recorded.flags[flag] - found.flags[flag]));
  return Math.max(...counts, ...flags);
}
