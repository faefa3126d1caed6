import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { problem } from '../problem';
import { readStatement, type Statement } from '../sql/statement';

export const queryBytesMax = 64 * 1024 * 1024;
/** By here the head of an INSERT has come, or there is none. */
const headBytes = 64 * 1024;

/** A request's statement with the bytes of its own text, and the rows that follow it. */
export type Work = { statement: Statement; text: Buffer; rows: AsyncIterable<Buffer> };

type Decoder = () => NodeJS.ReadWriteStream;
const zstd = (zlib as unknown as { createZstdDecompress?: Decoder }).createZstdDecompress;
const decoders: Record<string, Decoder | undefined> = {
  gzip: zlib.createGunzip,
  'x-gzip': zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
  zstd,
};

/** The body as it was before its Content-Encoding; a damaged or unfinished one fails while it is read. */
export function decodedBody(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return request;
  const decoder = decoders[encoding];
  if (!decoder) throw problem(779, 'UNSUPPORTED_MEDIA_TYPE', `Unknown compression method: ${encoding}.`);
  const decoded = decoder() as unknown as Readable & NodeJS.WritableStream;
  request.once('close', () => request.complete || decoded.destroy(new Error('aborted')));
  return request.pipe(decoded);
}

/**
 * Joins `query` of the URL with the body as ClickHouse does (a newline between them) and reads as much as the
 * statement needs: all of it, or up to the rows of an INSERT. Throws 413 above `queryBytesMax`.
 */
export async function readWork(query: string, body: Readable): Promise<Work> {
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  const parts = query === '' ? [] : [Buffer.from(query)];
  if (parts[0]) {
    const statement = readStatement(parts[0].toString('latin1'));
    if (statement.rows !== 'none') return withRows(statement, parts[0], chunks);
    parts.push(Buffer.from('\n'));
  }
  let size = query.length;
  for (let looked = false; ; ) {
    const { value, done } = await chunks.next();
    if (value) parts.push(value);
    size += value?.length ?? 0;
    if (size > queryBytesMax) {
      throw problem(229, 'QUERY_IS_TOO_LARGE', `Query is too large: more than ${queryBytesMax} bytes.`);
    }
    if (!done && (looked || size < headBytes)) continue;
    const text = Buffer.concat(parts);
    const statement = readStatement(text.toString('latin1'));
    if (statement.rows !== 'none') return withRows(statement, text, done ? null : chunks);
    if (done) return { statement, text: text.subarray(0, statement.end), rows: only(null) };
    looked = true;
  }
}

function withRows(statement: Statement, text: Buffer, chunks: AsyncIterator<Buffer> | null): Work {
  const rest = text.subarray(statement.end);
  // Rows begin behind blanks and one line end, as the engine's parser has it.
  const blanks = /^[ \t\f]*\r?\n?/.exec(rest.subarray(0, 1024).toString('latin1'))?.[0].length ?? 0;
  return { statement, text: text.subarray(0, statement.end), rows: only(rest.subarray(blanks), chunks) };
}

async function* only(first: Buffer | null, chunks: AsyncIterator<Buffer> | null = null): AsyncGenerator<Buffer> {
  if (first?.length) yield first;
  while (chunks) {
    const { value, done } = await chunks.next();
    if (done) return;
    yield value;
  }
}
