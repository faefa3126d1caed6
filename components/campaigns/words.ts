import type { Tone } from '@/components/ui/tone';
import type {
  CampaignCustomerStatus,
  CampaignFilter,
  CampaignOutcome,
  CampaignStatus,
  CampaignSummary,
} from '@/lib/campaigns/state/campaign-model';
import { flagFacts, staleFlags } from '@/lib/detection/flags';
import { count, listed } from '@/lib/words';

const statusTones: Record<Exclude<CampaignStatus, 'ended'>, Tone> = {
  planning: 'running',
  planned: 'waiting',
  running: 'running',
  paused: 'settling',
  stopping: 'running',
};

const outcomeTones: Record<CampaignOutcome, Tone> = {
  'all verified': 'verified',
  'some set aside': 'attention',
  stopped: 'unknown',
  'nothing to repair': 'neutral',
};

/** The state of a campaign in a word; of one that ended, how it came out. */
export function campaignState({ status, outcome }: Pick<CampaignSummary, 'status' | 'outcome'>): {
  word: string;
  tone: Tone;
} {
  if (status !== 'ended') return { word: status, tone: statusTones[status] };
  return outcome === null ? { word: 'ended', tone: 'neutral' } : { word: outcome, tone: outcomeTones[outcome] };
}

export const customerTones: Record<CampaignCustomerStatus, Tone> = {
  'left out': 'neutral',
  waiting: 'waiting',
  starting: 'running',
  running: 'running',
  'needs attention': 'attention',
  verified: 'verified',
  'set aside': 'attention',
  'not begun': 'unknown',
};

const isStale = (flags: readonly string[]) =>
  flags.length === staleFlags.length && staleFlags.every((flag) => flags.includes(flag));

/** Whom a campaign repairs: "all affected customers", "customers flagged duplicate", "alaska-air, globex". */
export function filterName(filter: CampaignFilter): string {
  switch (filter.by) {
    case 'all affected':
      return 'all affected customers';
    case 'name':
      return filter.customerIds.length > 3 ? count(filter.customerIds.length, 'customer') : listed(filter.customerIds);
    case 'flag':
      return isStale(filter.flags)
        ? 'customers with stale labels'
        : `customers flagged ${listed(filter.flags.map((flag) => flagFacts[flag].word))}`;
  }
}

/** "canary", "wave 2". */
export const waveName = (wave: number): string => (wave === 0 ? 'canary' : `wave ${wave}`);

/** Customers that are part of the plan. */
export const plannedOf = ({ counts }: Pick<CampaignSummary, 'counts'>): number =>
  Object.values(counts).reduce((total, one) => total + one, 0) - counts['left out'];
