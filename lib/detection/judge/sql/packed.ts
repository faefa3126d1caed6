import type { Verdict } from '../verdicts';

/**
 * Hashes go to ClickHouse, and verdicts come back, as bytes in base64: as text or JSON they would cost ten times as
 * much. Numbers are little-endian. The formats are here only, for both directions.
 */

/** A verdict is 29 bytes: these columns, as three UInt64, a UInt16 and three UInt8. Scans store it as it is. */
const verdictColumns = ['conversation', 'agent', 'use_case', 'day', 'flags', 'class', 'bits'];
const verdictBytes = 29;

/** One row's verdict, from columns of exactly these types. */
export const packedVerdict = `concat(${verdictColumns.map((column) => `reinterpretAsFixedString(${column})`).join(', ')})`;

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

/** Of packed verdicts those that are wanted, packed. */
export const packedWhere = (packed: Buffer, isWanted: (verdict: Verdict) => boolean): Buffer =>
  Buffer.concat(
    [...unpackVerdicts(packed)].flatMap((verdict, at) =>
      isWanted(verdict) ? [packed.subarray(at * verdictBytes, (at + 1) * verdictBytes)] : [],
    ),
  );

/** 10,000 hashes fit one HTTP field, which holds 131,072 bytes. */
const hashesPerPart = 10_000;

/** UInt64 hashes, 8 bytes each, in parts for one parameter each. */
export function* packHashes(hashes: Iterable<bigint>): Generator<string> {
  let buffer = Buffer.alloc(hashesPerPart * 8);
  let filled = 0;
  for (const hash of hashes) {
    filled = buffer.writeBigUInt64LE(hash, filled);
    if (filled < buffer.length) continue;
    yield buffer.toString('base64');
    buffer = Buffer.alloc(hashesPerPart * 8);
    filled = 0;
  }
  if (filled > 0) yield buffer.subarray(0, filled).toString('base64');
}

/** The rows of the parameter `hashes`, as column `hash`. */
export const selectHashes = `
        SELECT arrayJoin(arrayMap(at -> reinterpretAsUInt64(substring(bytes, at * 8 + 1, 8)), range(intDiv(length(bytes), 8)))) AS hash
        FROM (SELECT base64Decode({hashes:String}) AS bytes)`;
