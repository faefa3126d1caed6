import { flagBits } from '../flags';

/**
 * How detection judged one conversation: see `sql/explain.ts`. `id`, `agent` and `useCase` are hashes, `day` is in days
 * since 1970, `flags` and `bits` are sets of bits.
 */
export type Verdict = {
  id: bigint;
  agent: bigint;
  useCase: bigint;
  day: number;
  flags: number;
  class: number;
  bits: number;
};

export const verdictClass = { judged: 0, open: 1, settling: 2 } as const;
/** The conversation has a truth, has labels, and is the customer's own. */
export const verdictBit = { truth: 1, labels: 2, own: 4 } as const;

/** Its other side may be outside of what was read: it has labels and no truth, or a truth that should have a label. */
export const isUnmatched = ({ bits, flags }: Pick<Verdict, 'bits' | 'flags'>): boolean =>
  (bits & verdictBit.truth) === 0 || (flags & flagBits.missing) !== 0;
