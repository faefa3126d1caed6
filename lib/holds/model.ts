import { z } from 'zod';

/** Hours of a day in which work may begin, such as 22:00 to 06:00 in a time zone. */
export const HoursWindow = z.object({
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write the time as 22:00.'),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write the time as 06:00.'),
  timeZone: z.string().min(1).max(64),
});
export type HoursWindow = z.infer<typeof HoursWindow>;

/**
 * Who or what paused a run or a campaign: a person; a hold, which ends by itself; its campaign; or "stop everything".
 */
export const pauseCauses = ['person', 'hold', 'campaign', 'stop everything'] as const;
export type PauseCause = (typeof pauseCauses)[number];

/** `reason` is a person's words, or for a hold its sentence with the numbers. */
export type Pause = { cause: PauseCause; by: string; reason: string; atMs: number };
