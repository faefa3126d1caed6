import * as zlib from 'node:zlib';
import { messageOf } from '../../../errors';
import { problem } from '../problem';
import { cityHash128 } from './city-hash';

/**
 * ClickHouse's own compressed blocks (`compress=1`, `decompress=1`): a checksum, a method, the size with these nine
 * bytes, the size of the data, the data.
 */
const checksumBytes = 16;
const headBytes = 9;
const method = { none: 0x02, lz4: 0x82, zstd: 0x90 };
/** Clients write 1 MB a block; a size is believed up to here. */
const blockBytesMax = 64 * 1024 * 1024;
const blockBytes = 256 * 1024;

/** Only newer versions of Node have it. */
const { zstdDecompressSync }: Pick<typeof zlib, 'inflateSync'> & { zstdDecompressSync?: typeof zlib.inflateSync } =
  zlib;

/** Bytes as blocks. Method LZ4, since some clients take no other, and without matches: nobody waits for a loopback. */
export function toBlocks(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += blockBytes) {
    const data = bytes.subarray(from, from + blockBytes);
    const packed = literals(data);
    const head = Buffer.alloc(headBytes);
    head.writeUInt8(method.lz4, 0);
    head.writeUInt32LE(headBytes + packed.length, 1);
    head.writeUInt32LE(data.length, 5);
    const block = Buffer.concat([head, packed]);
    parts.push(cityHash128(block), block);
  }
  return Buffer.concat(parts);
}

/** An LZ4 sequence that has only literals. */
function literals(data: Buffer): Buffer {
  if (data.length < 15) return Buffer.concat([Buffer.from([data.length << 4]), data]);
  const more = data.length - 15;
  const length = Buffer.alloc(Math.floor(more / 255) + 1, 255);
  length[length.length - 1] = more % 255;
  return Buffer.concat([Buffer.from([0xf0]), length, data]);
}

/** The data of a body of blocks. Throws ClickHouse's own codes for one that is damaged, too large, or cut. */
export async function* fromBlocks(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let wanted = checksumBytes + headBytes;
  let have = 0;
  for await (const chunk of body) {
    parts.push(chunk);
    have += chunk.length;
    if (have < wanted) continue;
    let rest: Buffer = Buffer.concat(parts);
    for (let size = sizeOf(rest); size !== null && rest.length >= size; size = sizeOf(rest)) {
      yield dataOf(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
    wanted = sizeOf(rest) ?? checksumBytes + headBytes;
    [parts, have] = [[rest], rest.length];
  }
  if (have > 0) throw problem(3, 'UNEXPECTED_END_OF_FILE', 'The body ends within a compressed block.', 400);
}

/** Of the block that begins here, with its checksum; null before its head has come. */
function sizeOf(rest: Buffer): number | null {
  if (rest.length < checksumBytes + headBytes) return null;
  const [packed, data] = [rest.readUInt32LE(checksumBytes + 1), rest.readUInt32LE(checksumBytes + 5)];
  if (packed < headBytes || packed > blockBytesMax || data > blockBytesMax)
    throw problem(
      271,
      'CANNOT_DECOMPRESS',
      `A compressed block of ${packed} bytes for ${data} is damaged or too large.`,
    );
  return checksumBytes + packed;
}

function dataOf(block: Buffer): Buffer {
  const body = block.subarray(checksumBytes);
  if (!cityHash128(body).equals(block.subarray(0, checksumBytes)))
    throw problem(40, 'CHECKSUM_DOESNT_MATCH', 'Checksum doesn’t match: corrupted data in a compressed block.');
  const size = body.readUInt32LE(5);
  const packed = body.subarray(headBytes);
  const data = unpack(body[0] as number, packed, size);
  if (data.length === size) return data;
  throw problem(271, 'CANNOT_DECOMPRESS', `A compressed block holds ${data.length} bytes where it says ${size}.`);
}

function unpack(by: number, packed: Buffer, size: number): Buffer {
  if (by === method.none) return packed;
  if (by === method.lz4) return unpackLz4(packed, size);
  if (by === method.zstd && zstdDecompressSync) return unpackZstd(zstdDecompressSync, packed, size);
  const name = by === method.zstd ? 'ZSTD, which this Node does not know' : `0x${by.toString(16)}`;
  throw problem(48, 'NOT_IMPLEMENTED', `Compressed blocks of method ${name}; LZ4 and NONE are read.`);
}

function unpackZstd(decompress: typeof zlib.inflateSync, packed: Buffer, size: number): Buffer {
  try {
    return decompress(packed, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    throw problem(271, 'CANNOT_DECOMPRESS', `Cannot decompress a ZSTD block: ${messageOf(error)}`);
  }
}

function unpackLz4(packed: Buffer, size: number): Buffer {
  const data = Buffer.alloc(size);
  let at = 0;
  let to = 0;
  const damaged = () => problem(271, 'CANNOT_DECOMPRESS', 'Cannot decompress: an LZ4 block is damaged.');
  const byte = () => {
    if (at >= packed.length) throw damaged();
    return packed[at++] as number;
  };
  const length = (first: number) => {
    let sum = first;
    if (first === 15) for (let more = 255; more === 255; sum += more) more = byte();
    return sum;
  };
  while (at < packed.length) {
    const token = byte();
    const run = length(token >> 4);
    if (at + run > packed.length || to + run > size) throw damaged();
    packed.copy(data, to, at, at + run);
    at += run;
    to += run;
    if (at === packed.length) break;
    const back = byte() + 256 * byte();
    const match = length(token & 15) + 4;
    if (back === 0 || back > to || to + match > size) throw damaged();
    // A match may reach into what it writes itself.
    for (let left = match; left > 0; ) {
      const copied = Math.min(left, back);
      data.copy(data, to, to - back, to - back + copied);
      to += copied;
      left -= copied;
    }
  }
  return data.subarray(0, to);
}
