import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';
import { type AgentChange, verdictOf, verdictOfNow, verdictOrder } from './verdict-model';

/**
 * The distinct days of an agent in a range. 0 means that the agent has rows but no counted day. null is `N/A`: the
 * agent has neither labels nor truth in the range.
 */
export type AgentDays = number | null;

/** The labels as they are now, or as a run's snapshot has them from before it or after it. */
export const Moment = z
  .string()
  .regex(
    /^(now|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:(before|after))$/,
    'Write "now", "<run>:before" or "<run>:after".',
  );

/** One of the two moments that are compared, and when its labels were counted. */
export type ComparedMoment = { moment: string; takenAtMs: number };

/**
 * One agent before the repair, as the truth expects, and after. Where no moments are compared, before and after are the
 * same: now.
 */
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
  /** All use cases of the range, affected or not: `useCasesMost` of them. */
  useCases: string[];
  runId: string | null;
  /** Null where no run and no moments were chosen, so that there is only now. */
  compared: { before: ComparedMoment; after: ComparedMoment } | null;
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
  /** Any two moments instead of those of a run. */
  before: Moment.optional(),
  after: Moment.optional(),
});
export type ActiveDaysQuery = z.input<typeof ActiveDaysQuery>;

/** How many conversations of a day are named where nobody asks for more, and at most. */
const namesUsually = 20;
export const namesMostOfAll = 10_000;

/** One agent; what the snapshots say of its days is shown beside them. */
export const AgentDaysQuery = ActiveDaysQuery.extend({
  agent: z.string().min(1).max(500),
  namesMost: z.number().int().min(1).max(namesMostOfAll).default(namesUsually),
});
export type AgentDaysQuery = z.input<typeof AgentDaysQuery>;

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
export function diffAgents(sides: ActiveDaysSides, { compared = true }: { compared?: boolean } = {}): AgentDiff[] {
  const agents = new Set([...sides.before.keys(), ...sides.expected.keys(), ...sides.after.keys()]);
  const diffs = [...agents].map((agent): AgentDiff => {
    const before = sides.before.get(agent) ?? null;
    const after = sides.after.get(agent) ?? null;
    const expected = sides.expected.get(agent) ?? (after === null ? null : 0);
    const verdict = compared ? verdictOf(before, expected, after) : verdictOfNow(expected, after);
    return { agent, before, expected, after, verdict };
  });
  return diffs.sort((a, b) => verdictOrder[a.verdict] - verdictOrder[b.verdict] || (a.agent < b.agent ? -1 : 1));
}

/** Sums of a diff's rows. */
export function totalsOf(agents: readonly AgentDiff[]): ActiveDaysTotals {
  const sum = (of: 'before' | 'expected' | 'after') => agents.reduce((total, row) => total + (row[of] ?? 0), 0);
  return { before: sum('before'), expected: sum('expected'), after: sum('after') };
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

export const useCasesMost = 500;

/** The use cases of these rows, by name. */
export const everyUseCase = (...sides: (readonly SnapshotRow[])[]): string[] =>
  [...new Set(sides.flatMap((rows) => rows.flatMap(({ useCase }) => useCase || [])))].sort().slice(0, useCasesMost);

/** A run of which snapshots are kept. `keepsDays`: they also have which days they are, so that a part of them can be shown. */
export type SnapshotRun = {
  runId: string;
  fromDay: string;
  toDay: string;
  strategy: string;
  status: string;
  beforeAtMs: number | null;
  afterAtMs: number | null;
  keepsDays: boolean;
};

/** The counts of one use case, or of all. An agent that only has other use cases has 0. */
export function countsOf(rows: readonly SnapshotRow[], useCase: string | null): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) if (row.useCase === null) counts.set(row.agent, useCase === null ? row.days : 0);
  if (useCase !== null) for (const row of rows) if (row.useCase === useCase) counts.set(row.agent, row.days);
  return counts;
}
