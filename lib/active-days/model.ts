import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';

/**
 * Distinct days of an agent in a range. A number counts days; 0 means rows but no counted day; null is `N/A`:
 * neither labels nor truth of the agent in the range.
 */
export type AgentDays = number | null;

export const verdicts = ['fixed', 'unchanged', 'still wrong', 'changed unexpectedly'] as const;
export type Verdict = (typeof verdicts)[number];

/** One agent before the repair, as the truth expects, and after. */
export type AgentDiff = { agent: string; before: AgentDays; expected: AgentDays; after: AgentDays; verdict: Verdict };

/** Agent-days of the filter; `N/A` adds nothing. */
export type ActiveDaysTotals = { before: number; expected: number; after: number };

export type ActiveDaysDiff = {
  customerId: string;
  fromDay: string;
  toDay: string;
  timeZone: string;
  useCase: string | null;
  runId: string | null;
  agents: AgentDiff[];
  totals: ActiveDaysTotals;
  counts: Record<Verdict, number>;
  takenAtMs: { before: number; expected: number; after: number };
};

export const ActiveDaysQuery = z.object({
  customerId: CustomerId,
  fromDay: DayText,
  toDay: DayText,
  useCase: z.string().min(1).max(200).optional(),
  runId: z.uuid().optional(),
});
export type ActiveDaysQuery = z.input<typeof ActiveDaysQuery>;

/** The verdict of before, expected and after; `N/A` differs from 0. */
export function verdictOf(before: AgentDays, expected: AgentDays, after: AgentDays): Verdict {
  if (after !== expected) return before === expected ? 'changed unexpectedly' : 'still wrong';
  return before === expected ? 'unchanged' : 'fixed';
}
