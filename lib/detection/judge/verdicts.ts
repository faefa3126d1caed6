import { flagBits } from '../model';

/** How the engine judged one conversation; see `sql/explain.ts`. Hashes are UInt64. */
export type Verdict = {
  id: bigint;
  agent: bigint;
  useCase: bigint;
  day: number;
  flags: number;
  class: number;
  bits: number;
};

const verdictBytes = 29;
export const verdictClass = { judged: 0, open: 1, settling: 2 } as const;
export const verdictBit = { truth: 1, labels: 2, own: 4 } as const;
export const staleBits = flagBits.wrongAgent | flagBits.wrongUseCase | flagBits.wrongEndHour | flagBits.wrongCustomer;

/** Reads packed verdicts one at a time, so that memory stays at the packed size. */
export function* unpackVerdicts(packed: Buffer): Generator<Verdict> {
  for (let at = 0; at + verdictBytes <= packed.length; at += verdictBytes) {
    yield {
      id: packed.readBigUInt64LE(at),
      agent: packed.readBigUInt64LE(at + 8),
      useCase: packed.readBigUInt64LE(at + 16),
      day: packed.readUInt16LE(at + 24),
      flags: packed.readUInt8(at + 26),
      class: packed.readUInt8(at + 27),
      bits: packed.readUInt8(at + 28),
    };
  }
}

/**
 * The other side may lie outside of what was read: labels without a truth, and judged truth without a label. Packed
 * ids, 8 bytes each, without repetition of neighbours.
 */
export function unmatchedIds(packed: Buffer): bigint[] {
  const ids: bigint[] = [];
  for (const verdict of unpackVerdicts(packed)) if (isUnmatched(verdict)) ids.push(verdict.id);
  return ids;
}

const isUnmatched = ({ bits, flags }: Pick<Verdict, 'bits' | 'flags'>): boolean =>
  (bits & verdictBit.truth) === 0 || (flags & flagBits.missing) !== 0;
