/** What a repair did to the labels of a conversation; one conversation may have several. Bits, as ClickHouse counts them. */
export const differenceKinds = {
  added: { bit: 1, word: 'added', meaning: 'It had no label row before and has one now.' },
  removed: { bit: 2, word: 'removed', meaning: 'It had a label row before and has none now.' },
  agent: { bit: 4, word: 'agent', meaning: 'Its label names another agent.' },
  useCase: { bit: 8, word: 'use case', meaning: 'Its label names another use case.' },
  times: { bit: 16, word: 'times', meaning: 'Its label has another start or end.' },
  other: {
    bit: 32,
    word: 'other columns',
    meaning: 'Its label has another profile, or another value in a column of no other kind.',
  },
  duplicateRemoved: { bit: 64, word: 'duplicate removed', meaning: 'It has fewer label rows than before.' },
  duplicateBack: {
    bit: 128,
    word: 'duplicate added',
    meaning: 'It has more label rows than before, as after an undo.',
  },
} as const;
export type DifferenceKind = keyof typeof differenceKinds;
export const kindNames = Object.keys(differenceKinds) as [DifferenceKind, ...DifferenceKind[]];

/** The kinds of a number of bits, in order. */
export const kindsIn = (bits: number): DifferenceKind[] =>
  kindNames.filter((name) => (bits & differenceKinds[name].bit) !== 0);
