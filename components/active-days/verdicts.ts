import { utcText } from '@/components/ui/format';
import type { Tone } from '@/components/ui/tone';
import type { StripDay } from '@/lib/active-days/agent-days-model';
import type { AgentDays } from '@/lib/active-days/model';
import type { AgentChange } from '@/lib/active-days/verdict-model';
import { formatNumber } from '@/lib/words';

export const verdictTones: Record<AgentChange, Tone> = {
  fixed: 'verified',
  'still wrong': 'stale',
  'changed unexpectedly': 'attention',
  unchanged: 'neutral',
  wrong: 'stale',
  right: 'neutral',
};

/** The verdicts that a comparison can have, and those of current values. */
export const verdictsOf = (compared: boolean): AgentChange[] =>
  compared ? ['fixed', 'still wrong', 'wrong', 'changed unexpectedly', 'unchanged'] : ['wrong', 'right'];

/** "N/A" where the agent has neither labels nor truth, which is not the same as 0 days. */
export const daysText = (days: AgentDays): string => (days === null ? 'N/A' : formatNumber(days));

/** What 0 and N/A mean, for those of them that are shown. */
export function meaningOf(values: Iterable<AgentDays>): string {
  const shown = new Set(values);
  return [
    shown.has(0) ? '0: the agent has truth or labels in this range, but no day counts.' : '',
    shown.has(null) ? 'N/A: the agent has neither truth nor labels in this range.' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** "after run 1c0ffee5", "now". */
export function momentName(moment: string): string {
  const [run = '', phase] = moment.split(':');
  return phase ? `${phase} run ${run.slice(0, 8)}` : 'now';
}

export const momentText = (of: { moment: string; takenAtMs: number }): string =>
  `${momentName(of.moment)}, ${utcText(of.takenAtMs)}`;

/** What a day of the strip is called, and its colour; a day that may still change by itself is grey, whatever it says. */
export function dayWord(day: Pick<StripDay, 'verdict' | 'settled'>): { word: string; tone: Tone } {
  if (!day.settled) return { word: 'not judged yet', tone: 'settling' };
  return words[day.verdict];
}

const words: Record<StripDay['verdict'], { word: string; tone: Tone }> = {
  agrees: { word: 'labels and truth agree', tone: 'verified' },
  missing: { word: 'missing in the labels', tone: 'stale' },
  extra: { word: 'counted by labels only', tone: 'stale' },
  'by accident': { word: 'counts by accident', tone: 'duplicate' },
  none: { word: 'does not count', tone: 'neutral' },
};
