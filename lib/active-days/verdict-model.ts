import type { AgentDays, AgentDiff } from './model';

export const verdicts = ['fixed', 'unchanged', 'still wrong', 'changed unexpectedly', 'wrong', 'right'] as const;
/** What happened between two moments; `wrong` and `right` where nothing was repaired, so that there is only one. */
export type AgentChange = (typeof verdicts)[number];

/** The verdict of now and expected. `N/A` differs from 0, here and below. */
export const verdictOfNow = (expected: AgentDays, now: AgentDays): AgentChange =>
  now === expected ? 'right' : 'wrong';

/** The verdict of before, expected and after. */
export function verdictOf(before: AgentDays, expected: AgentDays, after: AgentDays): AgentChange {
  if (after !== expected) return before === expected ? 'changed unexpectedly' : 'still wrong';
  return before === expected ? 'unchanged' : 'fixed';
}

/** What differs comes first. */
export const verdictOrder: Record<AgentChange, number> = {
  'changed unexpectedly': 0,
  'still wrong': 1,
  wrong: 1,
  fixed: 2,
  unchanged: 3,
  right: 3,
};

/** How many agents are not what the truth expects. */
export const countWrong = (counts: Record<AgentChange, number>): number =>
  counts.wrong + counts['still wrong'] + counts['changed unexpectedly'];

/** How many agents have each verdict. */
export function countVerdicts(agents: readonly AgentDiff[]): Record<AgentChange, number> {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<AgentChange, number>;
  for (const { verdict } of agents) counts[verdict] += 1;
  return counts;
}
