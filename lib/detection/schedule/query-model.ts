import { z } from 'zod';
import { customerShows } from './view-model';

/** What is shown of the schedule; pages count from 0. */
export const ScheduleQuery = z.object({
  show: z.enum(customerShows).default('due'),
  q: z.string().trim().max(100).default(''),
  page: z.coerce.number().int().min(0).max(10_000).default(0),
  scans: z.coerce.number().int().min(0).max(99).default(0),
});

export type ScheduleQuery = z.input<typeof ScheduleQuery>;

/** What an address asks for; what it cannot mean is left out. */
export function scheduleQueryOf(asked: Record<string, string>): ScheduleQuery {
  const entries = Object.entries(ScheduleQuery.shape).flatMap(([name, schema]) => {
    const parsed = schema.safeParse(asked[name]);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
  return Object.fromEntries(entries);
}
