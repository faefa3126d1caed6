import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';

/**
 * The distinct days of an agent in a range. 0 means that the agent has rows but no counted day. null is `N/A`: the
 * agent has neither labels nor truth in the range.
 */
export type AgentDays = number | null;

const verdicts = ['fixed', 'unchanged', 'still wrong', 'changed unexpectedly'] as const;
export type AgentChange = (typeof verdicts)[number];

/** One agent before the repair, as the truth expects, and after. */
export type AgentDiff = {
  agent: string;
  before: AgentDays;
  expected: AgentDays;
  after: AgentDays;
  verdict: AgentChange;
};

/** Agent-days that pass the filter; `N/A` adds nothing. */
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
  counts: Record<AgentChange, number>;
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
export function verdictOf(before: AgentDays, expected: AgentDays, after: AgentDays): AgentChange {
  if (after !== expected) return before === expected ? 'changed unexpectedly' : 'still wrong';
  return before === expected ? 'unchanged' : 'fixed';
}

/** Days per agent, counted at one moment. An agent with rows but no counted day has 0. */
type AgentCounts = ReadonlyMap<string, number>;

/**
 * The three sides of a diff: the labels before and after, with every agent that has labels or truth, and the closed
 * truth.
 */
export type ActiveDaysSides = { before: AgentCounts; expected: AgentCounts; after: AgentCounts };

/**
 * Joins the three sides by agent, sorted by verdict (what differs comes first) and name. It is a full outer join,
 * because a left join from either side loses exactly the agents whose numbers are wrong. The expected number of an
 * agent without truth is 0 while there are labels of that agent, else `N/A`.
 */
export function diffAgents(sides: ActiveDaysSides): AgentDiff[] {
  const agents = new Set([...sides.before.keys(), ...sides.expected.keys(), ...sides.after.keys()]);
  const diffs = [...agents].map((agent): AgentDiff => {
    const before = sides.before.get(agent) ?? null;
    const after = sides.after.get(agent) ?? null;
    const expected = sides.expected.get(agent) ?? (after === null ? null : 0);
    return { agent, before, expected, after, verdict: verdictOf(before, expected, after) };
  });
  const order: Record<AgentChange, number> = { 'changed unexpectedly': 0, 'still wrong': 1, fixed: 2, unchanged: 3 };
  return diffs.sort((a, b) => order[a.verdict] - order[b.verdict] || (a.agent < b.agent ? -1 : 1));
}

/** Sums of a diff's rows. */
export function totalsOf(agents: readonly AgentDiff[]): ActiveDaysTotals {
  const sum = (of: 'before' | 'expected' | 'after') => agents.reduce((total, row) => total + (row[of] ?? 0), 0);
  return { before: sum('before'), expected: sum('expected'), after: sum('after') };
}

/** How many agents have each verdict. */
export function countVerdicts(agents: readonly AgentDiff[]): Record<AgentChange, number> {
  const counts: Record<AgentChange, number> = { fixed: 0, unchanged: 0, 'still wrong': 0, 'changed unexpectedly': 0 };
  for (const { verdict } of agents) counts[verdict] += 1;
  return counts;
}

export const snapshotPhases = ['before', 'expected', 'after'] as const;
export type SnapshotPhase = (typeof snapshotPhases)[number];

/**
 * The days of an agent for one use case, or for all (`null`), and which days of the range they are (`DaysOn`). A snapshot
 * stores these, so that it can be filtered and opened later. One from before days were kept has only their number.
 */
export const SnapshotRow = z.object({
  agent: z.string(),
  useCase: z.string().nullable(),
  days: z.number().int(),
  on: z.string().optional(),
});
export type SnapshotRow = z.infer<typeof SnapshotRow>;

/** The counts of one use case, or of all. An agent that only has other use cases has 0. */
export function countsOf(rows: readonly SnapshotRow[], useCase: string | null): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) if (row.useCase === null) counts.set(row.agent, useCase === null ? row.days : 0);
  if (useCase !== null) for (const row of rows) if (row.useCase === useCase) counts.set(row.agent, row.days);
  return counts;
}
