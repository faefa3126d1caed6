/**
 * The day `days` later, without the calendar of `lib/days.ts`, which every page would load. Days are names without a time
 * zone here, so UTC arithmetic is exact.
 */
export const shiftDay = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
