import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import type { Engine } from '../engine/engine';
import { problem } from '../problem';
import { literal } from '../sql/quote';
import { readStatement, type Statement } from '../sql/statement';
import { fromBlocks } from './blocks';
import { outputOf } from './output';

const queryBytesMax = 64 * 1024 * 1024;
/** By here the head of an INSERT has come, or there is none. */
const headBytes = 64 * 1024;

/**
 * The statement of a request with the bytes of its text, and the rows that follow. `compression` names the encoding
 * that the engine has to decode itself.
 */
export type Work = { statement: Statement; text: Buffer; rows: AsyncIterable<Buffer>; compression: string | null };

type Decoder = () => Transform;
/** Encodings that Node decodes. */
const decoders: Record<string, Decoder> = {
  gzip: zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
};
/** Encodings: HTTP's name -> the engine's, which supports all. */
const methods: Record<string, string> = { 'x-gzip': 'gzip' };
for (const name of ['gzip', 'deflate', 'br', 'xz', 'zstd', 'lz4', 'bz2', 'snappy']) methods[name] = name;

/** The engine's name of the request's Content-Encoding; null if there is none. Throws 415 for an unknown one. */
function encodingOf(request: IncomingMessage): string | null {
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity' || request.headers['content-length'] === '0') return null;
  if (methods[encoding]) return methods[encoding];
  throw problem(779, 'UNSUPPORTED_MEDIA_TYPE', `Unknown compression method: ${encoding}.`);
}

/**
 * Joins `query` of the URL with the body as ClickHouse does (a newline between them) and reads as much as the
 * statement needs: all of it, or up to the rows of an INSERT. Throws 413 above `queryBytesMax`.
 */
export async function readWork(query: string, request: IncomingMessage, decode: BodyDecoder): Promise<Work> {
  const encoding = encodingOf(request);
  const first = Buffer.from(query);
  const statement = query === '' ? null : readStatement(first.toString('latin1'));
  if (statement && statement.rows !== 'none') {
    const whole =
      encoding !== null && statement.rows !== 'input' && !isValues(statement) && statement.end === first.length;
    if (whole) return { statement, text: first, rows: request, compression: encoding };
    return withRows(statement, first, iterate(await decode(request, encoding)));
  }
  const chunks = iterate(await decode(request, encoding));
  const parts = statement ? [first, Buffer.from('\n')] : [];
  let size = first.length;
  for (let looked = false; ; ) {
    const { value, done } = await chunks.next();
    if (value) parts.push(value);
    size += value?.length ?? 0;
    if (size > queryBytesMax) throw tooLarge();
    if (!done && (looked || size < headBytes)) continue;
    const text = Buffer.concat(parts);
    const found = readStatement(text.toString('latin1'));
    if (found.rows !== 'none') return withRows(found, text, done ? null : chunks);
    if (done) return { statement: found, text: text.subarray(0, found.end), rows: join(null), compression: null };
    looked = true;
  }
}

/** Whether the rows of an INSERT are expressions. */
export const isValues = ({ rows, format }: Statement): boolean => rows !== 'none' && format?.toLowerCase() === 'values';

export type BodyDecoder = (request: IncomingMessage, encoding: string | null) => Promise<Readable>;

/**
 * Decodes a body: as a stream if Node can, else the engine does, which needs the whole body in a file.
 * With `blocks` the body comes in ClickHouse's compressed blocks. A damaged or unfinished body fails while it is read.
 */
export function createBodyDecoder(engine: Engine, spillPath: string, blocks: boolean): BodyDecoder {
  return async (request, encoding) => {
    if (encoding === null) return blocks ? Readable.from(fromBlocks(request)) : request;
    const decoder = decoders[encoding];
    if (!decoder) return decodeByEngine(engine, request, encoding, spillPath);
    const decoded = decoder();
    request.once('close', () => request.complete || decoded.destroy(new Error('aborted')));
    return Readable.from(translated(request.pipe(decoded), encoding));
  };
}

/** The bytes of a decoder. Damaged data fails with ClickHouse's code. */
async function* translated(decoded: Readable, encoding: string): AsyncGenerator<Buffer> {
  try {
    yield* decoded as AsyncIterable<Buffer>;
  } catch (error) {
    if (!(error instanceof Error && 'errno' in error)) throw error;
    if (encoding === 'br') throw problem(448, 'BROTLI_READ_FAILED', `brotli decode error: ${error.message}`);
    throw problem(354, 'ZLIB_INFLATE_FAILED', `inflate failed: ${error.message}`);
  }
}

async function decodeByEngine(engine: Engine, request: IncomingMessage, encoding: string, path: string) {
  let size = 0;
  const bounded = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > queryBytesMax) throw tooLarge();
      yield chunk;
    }
  };
  try {
    await pipeline(request, bounded, createWriteStream(path, { mode: 0o600 }));
    if (size === 0) return Readable.from([]);
    const file = `file(${literal(path)}, 'RawBLOB', 's String', ${literal(encoding)})`;
    const text = Buffer.from(`SELECT s FROM ${file}`);
    const read = { kind: 'read', session: null, setup: '', reuse: true, text, format: 'RawBLOB' } as const;
    return Readable.from(outputOf(engine, await engine.run(read)));
  } finally {
    await rm(path, { force: true });
  }
}

function withRows(statement: Statement, text: Buffer, chunks: AsyncIterator<Buffer> | null): Work {
  const rest = text.subarray(statement.end);
  // Rows begin behind blanks and one line end, as the engine's parser has it.
  const blanks = /^[ \t\f]*\r?\n?/.exec(rest.subarray(0, 1024).toString('latin1'))?.[0].length ?? 0;
  const rows = join(rest.subarray(blanks), chunks);
  return { statement, text: text.subarray(0, statement.end), rows, compression: null };
}

async function* join(first: Buffer | null, chunks: AsyncIterator<Buffer> | null = null): AsyncGenerator<Buffer> {
  if (first?.length) yield first;
  while (chunks) {
    const { value, done } = await chunks.next();
    if (done) return;
    yield value;
  }
}

const iterate = (body: Readable): AsyncIterator<Buffer> => body[Symbol.asyncIterator]();
const tooLarge = () => problem(229, 'QUERY_IS_TOO_LARGE', `Query is too large: more than ${queryBytesMax} bytes.`);
