import type { CampaignView } from '@/lib/campaigns/state/campaign-model';
import { agree, count, formatNumber } from '@/lib/words';

type Facts = Pick<CampaignView, 'status' | 'outcome' | 'counts' | 'rowsDeleted' | 'next' | 'events'>;

/**
 * Why the order of a night stops itself; null where it goes on. `isClosing`: the order stopped the campaign itself,
 * which is no failure.
 */
export function whyItStops({ counts, outcome, events }: Facts, isClosing: boolean): string | null {
  const troubled = counts['needs attention'];
  if (troubled > 0)
    return `${count(troubled, 'repair')} of its campaign ${agree(troubled, 'was', 'were')} not verified and ${agree(troubled, 'needs', 'need')} attention.`;
  if (outcome !== 'stopped' || isClosing) return null;
  const why = events.findLast(({ kind }) => kind === 'stop' || kind === 'stopped')?.text ?? '';
  return `Its campaign was stopped. ${why}`.trim();
}

/** What a night came to so far, in a sentence with its numbers. */
export function nightSentence({ counts, rowsDeleted, next }: Facts, status: 'under way' | 'closing' | 'over'): string {
  if (status === 'under way') return next;
  const done = `${count(counts.verified, 'customer')} ${agree(counts.verified, 'is', 'are')} verified, ${count(rowsDeleted, 'label row')} deleted.`;
  const asides = [
    part(counts['left out'], 'left out'),
    part(counts['set aside'], 'set aside'),
    part(counts['needs attention'], 'not verified'),
    part(counts['not begun'], 'not begun'),
  ].filter((text) => text !== '');
  const rest = asides.length > 0 ? ` ${asides.join(', ')}.` : '';
  return `${status === 'closing' ? 'Its campaign is being stopped. ' : ''}${done}${rest}`;
}

const part = (number: number, what: string) => (number > 0 ? `${formatNumber(number)} ${what}` : '');
