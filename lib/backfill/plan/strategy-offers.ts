import type { Config } from '@/lib/config';
import type { CustomerTables } from '@/lib/customers/model';
import type { StrategyOffer } from '../state/model';

/** Which strategies are possible for these tables and this labeler, and what each means for who reads the labels. */
export function strategyOffers({ labeler }: Pick<Config, 'labeler'>, { labels }: CustomerTables): StrategyOffer[] {
  if (!labels.keyIsMutable) {
    const key = `The label key ${labels.keyText} has no column that a relabel changes, so the right row takes the wrong one’s place: nothing is deleted.`;
    return [
      { strategy: 'replace', possible: false, sentence: key },
      { strategy: 'no-gap', possible: false, sentence: key },
      { strategy: 'relabel-only', possible: true, sentence: `${key} No label is missing at any time.` },
    ];
  }
  const byEnd = labeler.rangeColumn === 'ended_at';
  return [
    {
      strategy: 'replace',
      possible: !byEnd,
      sentence: byEnd
        ? 'The deployed labeler selects by the end of a chat, so a delete by start and its relabel would select other conversations.'
        : 'Deletes all label rows of the day, then writes them again. Orphans go too. Labels and Active Days of the day are missing in between; the gap is measured.',
    },
    {
      strategy: 'no-gap',
      possible: true,
      sentence:
        'Writes the right rows first, proves each, then deletes exactly the wrong ones. No label is missing at any time; until the delete an agent may have a day too many. Orphans and labels of open conversations stay.',
    },
    {
      strategy: 'relabel-only',
      possible: false,
      sentence: `The label key ${labels.keyText} changes with agent or end, so a relabel alone would leave the wrong rows as duplicates.`,
    },
  ];
}
