import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { readStatement, type Statement } from '../sql/statement';
import { problem } from './problem';

/** Bytes of an INSERT that are kept in memory and given to the engine whole; longer bodies go through a pipe. */
const inlineBytesMax = 256 * 1024;
export const queryBytesMax = 64 * 1024 * 1024;

/** A request's statement with the bytes of its own text, and the rows that follow it. */
export type Work = {
  statement: Statement;
  text: Buffer;
  /** Rows already read; `more` continues them. Both empty for a statement without rows. */
  rows: Buffer;
  more: Chunks | null;
};

export type Chunks = AsyncIterator<Buffer>;

type Decoder = () => NodeJS.ReadWriteStream;
const zstd = (zlib as unknown as { createZstdDecompress?: Decoder }).createZstdDecompress;
const decoders: Record<string, Decoder | undefined> = {
  gzip: zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
  zstd,
};

/** The body as it was before its Content-Encoding; a damaged one rejects with the client's fault, not ours. */
export function decodedBody(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return request;
  const decoder = decoders[encoding];
  if (!decoder) throw problem(415, 'UNSUPPORTED_MEDIA_TYPE', `Unknown compression method: ${encoding}`, 415);
  const decoded = decoder() as unknown as Readable & NodeJS.WritableStream;
  request.on('error', (error) => decoded.destroy(error));
  request.on('close', () => request.complete || decoded.destroy(new Error('The request ended early')));
  return request.pipe(decoded);
}

/**
 * Joins `query` of the URL with the body as ClickHouse does (a newline between them) and reads as much as the
 * statement needs: all of it, or the head of an INSERT. Throws 413 above `queryBytesMax`.
 */
export async function readWork(query: string, body: Readable): Promise<Work> {
  const chunks: Chunks = body[Symbol.asyncIterator]();
  let head = Buffer.from(query);
  if (head.length > 0) {
    const statement = readStatement(head.toString('latin1'));
    if (statement.takesData) return insertWork(statement, Buffer.concat([head, Buffer.from('\n')]), chunks);
  }
  const parts: Buffer[] = head.length > 0 ? [head, Buffer.from('\n')] : [];
  let size = head.length;
  let looked = false;
  for (;;) {
    const { value, done } = await chunks.next();
    if (!done) {
      parts.push(value);
      size += value.length;
    }
    if (size > queryBytesMax) {
      throw problem(223, 'QUERY_IS_TOO_LARGE', `Query is too large: more than ${queryBytesMax} bytes`, 413);
    }
    if (!done && (looked || size < inlineBytesMax)) continue;
    head = Buffer.concat(parts);
    const statement = readStatement(head.toString('latin1'));
    if (statement.takesData) return insertWork(statement, head, done ? null : chunks);
    if (done) return { statement, text: head.subarray(0, statement.end), rows: Buffer.alloc(0), more: null };
    looked = true;
  }
}

async function insertWork(statement: Statement, text: Buffer, chunks: Chunks | null): Promise<Work> {
  const first = afterFormat(text.subarray(statement.end));
  const parts = [first];
  let size = first.length;
  let more = chunks;
  while (more && size < inlineBytesMax) {
    const { value, done } = await more.next();
    if (done) more = null;
    else {
      parts.push(value);
      size += value.length;
    }
  }
  return { statement, text: text.subarray(0, statement.end), rows: Buffer.concat(parts), more };
}

/** Rows begin behind blanks and one line end, as the engine's parser has it. */
function afterFormat(rest: Buffer): Buffer {
  const blanks = /^[ \t\f]*\r?\n?/.exec(rest.subarray(0, 1024).toString('latin1'))?.[0].length ?? 0;
  return rest.subarray(blanks);
}
