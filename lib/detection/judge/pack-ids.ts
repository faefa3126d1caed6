/** UInt64 values as base64 of their bytes, in parts that fit one HTTP field (131,072 bytes). */
const idsPerPart = 10_000;

export function* packIds(ids: Iterable<bigint>): Generator<string> {
  let buffer = Buffer.alloc(idsPerPart * 8);
  let filled = 0;
  for (const id of ids) {
    filled = buffer.writeBigUInt64LE(id, filled);
    if (filled < buffer.length) continue;
    yield buffer.toString('base64');
    buffer = Buffer.alloc(idsPerPart * 8);
    filled = 0;
  }
  if (filled > 0) yield buffer.subarray(0, filled).toString('base64');
}
