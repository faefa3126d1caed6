import { describe, expect, it } from 'vitest';
import { packHashes } from '@/lib/detection/judge/sql/packed';

describe('packed hashes', () => {
  it('come back as they were, in parts that fit one HTTP field', () => {
    const ids = Array.from({ length: 25_001 }, (_, at) => 2n ** 64n - 1n - BigInt(at));
    const parts = [...packHashes(ids)];
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(131_072);
    const back = parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'base64');
      return Array.from({ length: bytes.length / 8 }, (_, at) => bytes.readBigUInt64LE(at * 8));
    });
    expect(back).toEqual(ids);
  });

  it('of nothing are nothing', () => {
    expect([...packHashes([])]).toEqual([]);
  });
});
