import type { Tone } from '@/components/ui/tone';
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

/** "N/A" where the agent has neither labels nor truth, which is not the same as 0 days. */
export const daysText = (days: AgentDays): string => (days === null ? 'N/A' : formatNumber(days));
