import { flagFacts, flagNames } from '@/lib/detection/flags';
import type { Happening } from '@/lib/notifications/model';
import { agree, count, formatNumber, listed, longDay } from '@/lib/words';
import type { FindingFacts, Happened } from './model';

type Named = Pick<FindingFacts, 'customerId' | 'day'>;

/** The key of the case that people hear of. */
export const caseKeyOf = ({ customerId, day }: Named): string => `finding ${customerId} ${day}`;

/** "17 of 50 conversations are affected: agent 15, duplicate 2." */
export function affectedInWords(
  finding: Pick<FindingFacts, 'affected' | 'conversations' | 'flags' | 'atLeast'>,
): string {
  const { affected, conversations, flags, atLeast } = finding;
  const parts = flagNames
    .filter((flag) => flags[flag] > 0)
    .map((flag) => `${flagFacts[flag].word} ${formatNumber(flags[flag])}`);
  // Labels without a truth are affected and no conversation of the day.
  const of =
    conversations >= affected
      ? ` of ${count(conversations, 'conversation')}`
      : ` ${agree(affected, 'conversation', 'conversations')}`;
  const counted = `${atLeast ? 'At least ' : ''}${formatNumber(affected)}${of} ${agree(affected, 'is', 'are')} affected`;
  return parts.length === 0 ? `${counted}.` : `${counted}: ${listed(parts, parts.length)}.`;
}

const sentences: Record<Happened, (day: string) => string> = {
  new: (day) => `A scan found ${day} wrong.`,
  ongoing: (day) => `A later look found ${day} wrong too.`,
  counted: (day) => `${day} was counted again.`,
  'fallen back': (day) => `${day} is wrong again after its repair.`,
  'left by repair': (day) => `What a repair does not take away is left on ${day}.`,
  repaired: (day) => `A run repaired ${day} and verified it.`,
  'repaired in part': (day) => `A run changed labels of ${day} and did not verify all of it.`,
  'clean after part': (day) => `A run changed labels of ${day}, and a later look counted it clean.`,
  'resolved by itself': (day) => `${day} was counted without an affected conversation, and no run repaired it.`,
};

/** What happened, as a sentence. */
export const sentenceOf = ({ day }: Named, happened: Happened): string => sentences[happened](day);

/** What people hear of a finding. */
export function caseOf(finding: FindingFacts): Happening {
  const { id, customerId, day, state, affected, conversations, timesFallenBack } = finding;
  const isBack = state === 'fallen back';
  return {
    event: isBack ? 'finding fallen back' : 'finding new',
    caseKey: caseKeyOf(finding),
    customerId,
    title: isBack
      ? `Labels of ${customerId} on ${longDay(day)} are wrong again after their repair.`
      : `Labels of ${customerId} on ${longDay(day)} are wrong.`,
    lines: [
      affectedInWords(finding),
      ...(timesFallenBack > 0 ? [`It fell back ${count(timesFallenBack, 'time')}.`] : []),
    ],
    path: `/findings/${id}`,
    measure: { affected, share: conversations === 0 ? 1 : Math.min(1, affected / conversations) },
  };
}
