import type { Tone } from '@/components/ui/tone';
import type { ConversationEvidence, DayCounts, Flag, flagBits } from '@/lib/detection/model';

type FlagWords = { [F in Flag]: { bit: (typeof flagBits)[F]; word: string; long: string; tone: Tone } };

/** How each flag is called and coloured; the bits are checked against the model by type. */
export const flagWords: FlagWords = {
  wrongAgent: { bit: 1, word: 'agent', long: 'The label names another agent than the truth.', tone: 'stale' },
  wrongUseCase: { bit: 2, word: 'use case', long: 'The label has another use case than the truth.', tone: 'stale' },
  wrongEndHour: { bit: 4, word: 'end hour', long: 'The label ends in another hour than the truth.', tone: 'stale' },
  duplicate: { bit: 8, word: 'duplicate', long: 'Labels exist under more than one label key.', tone: 'duplicate' },
  orphan: { bit: 16, word: 'orphan', long: 'A label without any truth.', tone: 'attention' },
  missing: { bit: 32, word: 'missing', long: 'Truth that should be labelled and is not.', tone: 'attention' },
  wrongCustomer: {
    bit: 64,
    word: 'customer',
    long: 'The label’s own customer and profile have no such conversation.',
    tone: 'stale',
  },
};

export const flagList = Object.keys(flagWords) as Flag[];
export const staleFlags: Flag[] = ['wrongAgent', 'wrongUseCase', 'wrongEndHour', 'wrongCustomer'];

export const flagsIn = (bits: number): Flag[] => flagList.filter((flag) => (bits & flagWords[flag].bit) !== 0);

/** What a conversation is called where no flag counts: it is right, or not judged yet. Null where flags say it. */
export function classWord({ class: of, flags }: Pick<ConversationEvidence, 'class' | 'flags'>): string | null {
  if (of === 'open' || of === 'settling') return of;
  return flagsIn(flags).length === 0 ? 'right' : null;
}

/** "agent 17 · use case 17 · end hour 17": what is wrong, largest first. */
export function whyOf(counts: DayCounts): { flag: Flag; word: string; conversations: number }[] {
  return flagList
    .map((flag) => ({ flag, word: flagWords[flag].word, conversations: counts.flags[flag] }))
    .filter((entry) => entry.conversations > 0)
    .sort((a, b) => b.conversations - a.conversations);
}
