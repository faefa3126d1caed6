import type { Tone } from '@/components/ui/tone';
import { type Flag, flagFacts, flagNames } from '@/lib/detection/flags';
import { type FindingFacts, type FindingState, isOpen } from '@/lib/findings/history/model';
import type { Relook } from '@/lib/findings/model';
import { formatNumber } from '@/lib/words';

/** "repaired" is green, since a run or a look counted the day before anything said so. */
export const stateTones: Record<FindingState, Tone> = {
  new: 'stale',
  ongoing: 'stale',
  'fallen back': 'attention',
  repaired: 'verified',
  'resolved by itself': 'neutral',
};

export const relookTones: Record<NonNullable<Relook['found']>, Tone> = {
  clean: 'verified',
  wrong: 'attention',
  'not known': 'unknown',
};

/** What is wrong, largest first; of a finding that is not open, what was wrong at its worst. */
export function causesOf(
  finding: Pick<FindingFacts, 'state' | 'flags' | 'worstFlags'>,
): { flag: Flag; word: string; conversations: number }[] {
  const flags = isOpen(finding.state) ? finding.flags : finding.worstFlags;
  return causesIn(flags);
}

/** The flags of some conversations, largest first. */
export const causesIn = (flags: Record<Flag, number>): { flag: Flag; word: string; conversations: number }[] =>
  flagNames
    .map((flag) => ({ flag, word: flagFacts[flag].word, conversations: flags[flag] }))
    .filter(({ conversations }) => conversations > 0)
    .sort((a, b) => b.conversations - a.conversations);

/** "agent 17, use case 17". */
export const causesInWords = (flags: Record<Flag, number>): string =>
  causesIn(flags)
    .map(({ word, conversations }) => `${word} ${formatNumber(conversations)}`)
    .join(', ');
