import { z } from 'zod';

/** Hours of a day, such as 22:00 to 06:00 in a time zone. */
export const HoursWindow = z.object({
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write the time as 22:00.'),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write the time as 06:00.'),
  timeZone: z.string().min(1).max(64),
});
export type HoursWindow = z.infer<typeof HoursWindow>;

/**
 * True inside the hours of a window. One that ends before it begins goes over midnight; one from 00:00 to 00:00 is
 * open.
 */
export function isInWindow({ from, to, timeZone }: HoursWindow, atMs: number): boolean {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const now = time.format(atMs);
  if (from === to) return true;
  return from < to ? now >= from && now < to : now >= from || now < to;
}
