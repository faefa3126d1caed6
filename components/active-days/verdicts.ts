import type { Tone } from '@/components/ui/tone';
import type { AgentDays, Verdict } from '@/lib/active-days/model';
import { formatNumber } from '@/lib/words';

export const verdictTones: Record<Verdict, Tone> = {
  fixed: 'verified',
  'still wrong': 'stale',
  'changed unexpectedly': 'attention',
  unchanged: 'neutral',
};

/** "0" is a number of days; "N/A" is neither labels nor truth. */
export const daysText = (days: AgentDays): string => (days === null ? 'N/A' : formatNumber(days));
