import type { ListedApproval } from '@/lib/approvals/model';
import type { Pause } from '@/lib/holds/model';
import { agree, count, formatNumber } from '@/lib/words';
import type { CampaignControl, CampaignStatus, CampaignSummary } from '../state/campaign-model';

type Facts = CampaignSummary & {
  planned: { done: number; of: number };
  needsApproval: boolean;
  approval: ListedApproval | null;
  canary: string | null;
  wave: { at: number; of: number } | null;
  pause: Pause | null;
};

/** What happens next with a campaign, or what a person must do. */
export function nextSentence(campaign: Facts): string {
  const { status, counts, planned, wave } = campaign;
  const troubled = counts['needs attention'];
  const trouble =
    troubled === 0
      ? ''
      : ` ${count(troubled, 'run')} ${agree(troubled, 'needs', 'need')} attention: open ${agree(troubled, 'it', 'them')} and settle what it says.`;
  switch (status) {
    case 'planning':
      return `${formatNumber(planned.done)} of ${count(planned.of, 'customer')} ${agree(planned.done, 'is', 'are')} planned.`;
    case 'planned':
      return plannedSentence(campaign);
    case 'running': {
      const at = wave?.at ?? 0;
      const now = at === 0 ? `The canary ${campaign.canary} is repaired first.` : `Wave ${at} of ${wave?.of}.`;
      return `${now} ${formatNumber(counts.running + counts.starting)} under way, ${formatNumber(counts.waiting)} waiting.${trouble}`;
    }
    case 'paused':
      return campaign.pause?.cause === 'person'
        ? `Paused by ${campaign.pause.by}: ${campaign.pause.reason} Resume it to go on.${trouble}`
        : `Held: ${campaign.pause?.reason} It goes on by itself when that is over.${trouble}`;
    case 'stopping': {
      const left = counts.running;
      return `Stopping: nothing new begins, and ${count(left, 'run')} ${agree(left, 'ends', 'end')} before ${agree(left, 'it changes', 'they change')} labels, or after the present unit. A run that a person paused stays paused.${trouble}`;
    }
    default:
      return endedSentence(campaign) + trouble;
  }
}

function plannedSentence({ orderId, needsApproval, approval }: Facts): string {
  if (orderId !== null) return 'Nothing has begun. Its standing order starts it while its window is open.';
  if (!needsApproval) return 'Nothing has begun. Start it.';
  if (approval?.state === 'approved') return `${approval.decidedBy} approved exactly this plan. Start it.`;
  if (approval?.state === 'waiting') return 'A second person decides on exactly this plan.';
  if (approval?.state === 'refused')
    return `${approval.decidedBy} refused this plan: ${approval.decisionReason} Ask again, or plan another campaign.`;
  return 'A second person must approve exactly this plan. Ask for the approval.';
}

function endedSentence({ outcome, counts, startedAtMs }: Facts): string {
  if (outcome === 'stopped' && startedAtMs === null)
    return 'The plan was discarded before it started. Nothing was changed.';
  const verified = `${count(counts.verified, 'customer')} ${agree(counts.verified, 'is', 'are')} verified.`;
  const begun = counts['not begun'];
  switch (outcome) {
    case 'all verified':
      return `Done. ${verified}`;
    case 'nothing to repair':
      return 'No customer could be repaired: each is left out, with its reason.';
    case 'stopped':
      return `Stopped. ${verified} ${count(begun, 'customer')} ${agree(begun, 'was', 'were')} not begun: plan the rest as a new campaign.`;
    default:
      return `Ended. ${verified} ${count(counts['set aside'], 'customer')} ${agree(counts['set aside'], 'is', 'are')} set aside.`;
  }
}

const words: Record<CampaignControl, { verb: string; effect: string }> = {
  pause: {
    verb: 'Pause',
    effect: 'No new customer begins, and runs under way pause before their next delete. Resume undoes it.',
  },
  resume: { verb: 'Resume', effect: 'The runs go on where they paused, and then the next customers.' },
  stop: {
    verb: 'Stop',
    effect:
      'No new customer begins. A run under way stops before it changes labels, or else finishes its unit with all its labels; one that a person paused stays paused. It cannot be resumed; the rest can be planned again.',
  },
};

const discard = { verb: 'Discard', effect: 'This plan can no longer be started. Nothing was changed.' };

/** What a person may do with a campaign now. Before the start, to stop it is to discard its plan. */
export function controlsOf(
  status: CampaignStatus,
  pause: Pause | null,
): { control: CampaignControl; verb: string; effect: string }[] {
  const possible: Record<CampaignStatus, CampaignControl[]> = {
    planning: ['stop'],
    planned: ['stop'],
    running: ['pause', 'stop'],
    paused: pause?.cause === 'person' ? ['resume', 'stop'] : ['pause', 'stop'],
    stopping: [],
    ended: [],
  };
  const isPlan = status === 'planning' || status === 'planned';
  return possible[status].map((control) => ({ control, ...(isPlan ? discard : words[control]) }));
}
