/**
 * What is to know of a flag, except its condition, which is in `judge/sql/explain.ts`, and its example in the demo,
 * `lib/embedded/demo/every-flag.ts`. Without zod, so that pages import it too.
 */
type FlagFacts = {
  /** Its bit in a set of flags, at most 128. Scans store it, so it never changes. */
  bit: number;
  /** What lists and filters call it. */
  word: string;
  sentence: string;
  /** Which number of a day counts its conversations, besides `affected`. Its colour on pages follows from it. */
  countsAs: 'stale' | 'duplicates' | 'orphans' | 'missing';
  /** A repair brings the right label, so a verified day has none. */
  isRepaired: boolean;
  /** Why a relabel without a delete does not repair it where the label key is mutable. */
  needsDelete?: 'its key changes' | 'its row has to go';
};

const table = {
  wrongAgent: {
    bit: 1,
    word: 'agent',
    sentence: 'The label has the wrong agent.',
    countsAs: 'stale',
    isRepaired: true,
    needsDelete: 'its key changes',
  },
  wrongUseCase: {
    bit: 2,
    word: 'use case',
    sentence: 'The label has the wrong use case.',
    countsAs: 'stale',
    isRepaired: true,
  },
  wrongEndHour: {
    bit: 4,
    word: 'end hour',
    sentence: 'The label ends in the wrong hour.',
    countsAs: 'stale',
    isRepaired: true,
    needsDelete: 'its key changes',
  },
  duplicate: {
    bit: 8,
    word: 'duplicate',
    sentence: 'The conversation has labels under more than one label key.',
    countsAs: 'duplicates',
    isRepaired: true,
    needsDelete: 'its row has to go',
  },
  // An orphan may have come with a chat: the labeler then writes it again.
  orphan: {
    bit: 16,
    word: 'orphan',
    sentence: 'The label belongs to no conversation: it has no truth.',
    countsAs: 'orphans',
    isRepaired: false,
    needsDelete: 'its row has to go',
  },
  missing: {
    bit: 32,
    word: 'missing',
    sentence: 'The conversation has no label and should have one.',
    countsAs: 'missing',
    isRepaired: true,
  },
  // A repair deletes and relabels its own customer's profiles only.
  wrongCustomer: {
    bit: 64,
    word: 'customer',
    sentence: 'The label’s own customer and profile have no such conversation.',
    countsAs: 'stale',
    isRepaired: false,
  },
} satisfies Record<string, FlagFacts>;

export type Flag = keyof typeof table;
/** In the order in which they are shown. */
export const flagFacts: Record<Flag, FlagFacts> = table;
export const flagNames = Object.keys(table) as Flag[];

/** One value for each flag. */
export const eachFlag = <T>(value: (flag: Flag) => T): Record<Flag, T> =>
  Object.fromEntries(flagNames.map((flag) => [flag, value(flag)])) as Record<Flag, T>;

export const flagBits = eachFlag((flag) => flagFacts[flag].bit);

/** The flags of which this is true. */
export const flagsWhere = (is: (facts: FlagFacts) => boolean): Flag[] =>
  flagNames.filter((flag) => is(flagFacts[flag]));

/** The labels of these conversations say something else than the truth. */
export const staleFlags = flagsWhere(({ countsAs }) => countsAs === 'stale');

/** The flags that are set in `bits`. */
export const flagsOf = (bits: number): Flag[] => flagNames.filter((flag) => (bits & flagBits[flag]) !== 0);

/** The set of these flags. */
export const bitsOf = (flags: readonly Flag[]): number => flags.reduce((bits, flag) => bits | flagBits[flag], 0);
