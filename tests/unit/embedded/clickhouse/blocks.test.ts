import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fromBlocks, toBlocks } from '@/lib/embedded/clickhouse/http/blocks';
import { cityHash128 } from '@/lib/embedded/clickhouse/http/city-hash';

// NOTE: from go-faster/city (MIT), which made them with ClickHouse's own: text, then the low and the high half.
test.each([
  ['I', '3a4a285c94f1936e', '18115b183f326829'],
  ['uM4', 'f567f556f5e83547', 'a5c90efc9fbfd1f4'],
  ['EqO2w', 'a860dc368778e5cc', '4fd9ba7de405e7d2'],
  ['hgshOXeh', '3d827f87ef026cde', 'db3ea59195083762'],
  ['m0nF3pZ4UJC', 'd877b187ad4b19d5', 'c11eca27072916b7'],
  ['vG5lApCgvf0qHGSi0', '9b4e57c5f1bc0e44', '94238ef9d1584336'],
  [
    'LpFcKNK9ybSpbCpocXvnwdqgqtbXUb32dQoSpdswmqpt73vs4w6etFJzyaEdD2V7vXSVLEPThCJYMa5eIjMD56JQKYTQwQyTLQT87Lysb6TfC1s0uWuuye96Wwml133',
    '4503305a9798430f',
    'b9bb426af29e421c',
  ],
  [
    'yAWO2qGgsX9sDMCwgVoZc6JiEBHNvnO5flnGjwx0jj1b54VYEdUeox5KgrDKMOJe2kF08StGwtElfNxTUccCIFbiN3LmtVrVps4MScfkE5G7KTfHcJHRpYJY7rSlfyh5',
    '6b818e4caac9641c',
    '8d575710f793d15a',
  ],
  [
    'yW6892pMW2Su5CUvdzCqqNvaBS59r2YhQpFOfbu4vNEVy3N5uwPnIiLQ0RBbJIxrAD2MU14cgVIkGtOhyX8sH6ufvlGd5QgGj8LfKof4I4dERLprPLfB1wrCeXrwwSrTFBS29m3BmtaAvQHPw',
    '27d37633662765f3',
    '8f5d8cb982811b75',
  ],
  [
    '8dLCIlHY9pEdQNXaGDOGeihdPlQbzSmBQGXfLbBwR92weTHZWr2Nk0IJbA3wu2AzvoUQvgawMqdX6ZGwdY07KmP0SYdDj1NM3RLiQDIJhnGVpTUC8q4vWZZH44jGvALTZiWPuiXEcn0YVyMjEslMM95uiDskUi9GesCiYNA2YWBtYsLzo63wHhDzHoD3Ql0SBpP2gMKgkKwcgIQx4LBaMIsWWk9ioMBoDB6PvOmXfxEa3Y7WL5i9N9d8ink8C6DKtcKvno4xKEve9z7a',
    '39ff546fc357a692',
    '399d49b2455141ec',
  ],
])('the hash of %j is ClickHouse’s', (text, low, high) => {
  const hash = cityHash128(Buffer.from(text));
  expect([hash.readBigUInt64LE(0).toString(16), hash.readBigUInt64LE(8).toString(16)]).toEqual([low, high]);
});

/** The data of blocks that come in pieces of `pieceBytes`. */
async function read(blocks: Buffer, pieceBytes = 1_000): Promise<Buffer> {
  async function* pieces() {
    for (let at = 0; at < blocks.length; at += pieceBytes) yield blocks.subarray(at, at + pieceBytes);
  }
  const parts: Buffer[] = [];
  for await (const part of fromBlocks(pieces())) parts.push(part);
  return Buffer.concat(parts);
}

/** A block of a method with what it holds, and a true checksum. */
function block(method: number, packed: Buffer, size: number): Buffer {
  const head = Buffer.alloc(9);
  head.writeUInt8(method, 0);
  head.writeUInt32LE(9 + packed.length, 1);
  head.writeUInt32LE(size, 5);
  const body = Buffer.concat([head, packed]);
  return Buffer.concat([cityHash128(body), body]);
}

describe('compressed blocks', () => {
  it('hold what was put in, of any size, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 700 }), fc.integer({ min: 1, max: 40 }), async (bytes, piece) => {
        expect(await read(toBlocks(Buffer.from(bytes)), piece)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 100 },
    );
    for (const size of [14, 15, 269, 270, 271, 262_144, 600_000])
      expect((await read(toBlocks(Buffer.alloc(size, 'x')), 65_536)).length).toBe(size);
  });

  it('are read with matches, also one that reaches into itself, and uncompressed', async () => {
    // Two literals, a match of 9 bytes 2 back, one literal.
    const packed = Buffer.from([0x25, 0x61, 0x62, 2, 0, 0x10, 0x63]);
    expect(String(await read(block(0x82, packed, 12)))).toBe('abababababac');
    expect(String(await read(block(0x02, Buffer.from('plain'), 5)))).toBe('plain');
  });

  it.each([
    ['a changed byte', () => toBlocks(Buffer.from('abc')).fill('x', 26), /CHECKSUM_DOESNT_MATCH/],
    ['a cut body', () => toBlocks(Buffer.from('abc')).subarray(0, -1), /UNEXPECTED_END_OF_FILE/],
    ['a size beyond reason', () => Buffer.alloc(40, 0xff), /CANNOT_DECOMPRESS/],
    ['a match before the beginning', () => block(0x82, Buffer.from([0x10, 0x61, 9, 0, 0]), 9), /CANNOT_DECOMPRESS/],
    ['a match of no distance', () => block(0x82, Buffer.from([0x10, 0x61, 0, 0, 0]), 9), /CANNOT_DECOMPRESS/],
    ['more data than it says', () => block(0x82, Buffer.from([0x30, 0x61, 0x61, 0x61]), 2), /CANNOT_DECOMPRESS/],
    ['less data than it says', () => block(0x82, Buffer.from([0x10, 0x61]), 2), /CANNOT_DECOMPRESS/],
    ['a length that does not end', () => block(0x82, Buffer.from([0xf0, 255]), 400), /CANNOT_DECOMPRESS/],
    ['a method that nobody knows', () => block(0x77, Buffer.from('x'), 1), /NOT_IMPLEMENTED/],
  ])('refuse %s', async (_, blocks, code) => {
    await expect(read(blocks())).rejects.toThrow(code);
  });
});
