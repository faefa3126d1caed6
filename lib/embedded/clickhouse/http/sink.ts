import { createReadStream, createWriteStream, rmSync, type WriteStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Transform, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import type { Problem } from '../problem';
import { toBlocks } from './blocks';
import { type Counts, countsHeader, noCounts } from './headers';
import { plainWire, progressWire, type Wire } from './wire';

export type SinkOptions = {
  /** Bytes held back so that an early error still gets its status; all of the answer when `waitEnd`. */
  bufferBytes: number;
  waitEnd: boolean;
  /** Content-Encoding the client accepts, or null. */
  encoding: string | null;
  /** Of the block that marks an error behind sent bytes. */
  tag: string;
  /** Where an answer that is held back goes when memory ends. */
  spillPath: string;
};

const memoryBytesMax = 4 * 1024 * 1024;
type Encoder = () => Transform;
/** Only newer versions of Node have it. */
const { createZstdCompress: zstd }: Pick<typeof zlib, 'createGzip'> & { createZstdCompress?: Encoder } = zlib;
const encoders: Record<string, Encoder | undefined> = {
  br: () => zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } }),
  zstd,
  gzip: () => zlib.createGzip({ level: 3 }),
  deflate: () => zlib.createDeflate({ level: 3 }),
};

/** The encoding to answer with, by ClickHouse's own order of preference. */
export function chooseEncoding(accepts: string | string[] | undefined): string | null {
  const names = String(accepts ?? '')
    .split(',')
    .map((part) => part.split(';')[0]?.trim().toLowerCase());
  return Object.keys(encoders).find((name) => encoders[name] && names.includes(name)) ?? null;
}

/**
 * An answer on its way: holds back the first bytes, then streams at the client's pace. Headers are set by name until
 * the first byte goes out.
 */
export function createSink(response: ServerResponse, options: SinkOptions) {
  const headers = new Map<string, string>();
  let wire: Wire = plainWire(response);
  let line: ((name: string, value: string) => void) | null = null;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let spill: WriteStream | null = null;
  let out: Writable | null = null;
  /** What the client reads for some bytes of the answer. */
  let packed = (bytes: Buffer): Buffer => bytes;

  function open(status: number, encoding: string | null): Writable {
    const encoder = encoding ? encoders[encoding]?.() : undefined;
    if (encoding && encoder) headers.set('Content-Encoding', encoding);
    wire.head(status, headers);
    encoder?.pipe(wire.body, { end: false });
    return encoder ?? wire.body;
  }

  async function write(given: Buffer): Promise<void> {
    const chunk = packed(given);
    if (out) return push(out, chunk);
    if (spill) return push(spill, chunk);
    kept.push(chunk);
    keptBytes += chunk.length;
    if (options.waitEnd ? keptBytes > memoryBytesMax : keptBytes > options.bufferBytes) {
      if (options.waitEnd) spill = createWriteStream(options.spillPath, { mode: 0o600 });
      const target = spill ?? start();
      for (const part of kept.splice(0)) await push(target, part);
    }
  }

  const start = (counts: Counts = noCounts) => {
    headers.set('X-ClickHouse-Summary', countsHeader(counts));
    out = open(200, options.encoding);
    return out;
  };

  async function end(counts: Counts): Promise<void> {
    const target = out ?? start(counts);
    for (const part of kept.splice(0)) await push(target, part);
    if (spill) {
      await finished(spill.end());
      for await (const part of createReadStream(options.spillPath)) await push(target, part);
    }
    if (target !== wire.body) target.once('end', () => wire.body.end());
    target.end();
  }

  /** Answers with the error, or marks it behind the bytes that were sent, as ClickHouse 25.11+ does. */
  async function fail(problem: Problem, version: string): Promise<void> {
    const message = `${problem.message} (version ${version} (official build))\n`;
    kept = [];
    if (out) {
      const target = out;
      if (target !== wire.body) target.once('end', () => wire.breakOff());
      await push(target, packed(Buffer.from(exceptionBlock(message, options.tag)))).catch(() => {});
      return target === wire.body ? wire.breakOff() : void target.end();
    }
    headers.set('X-ClickHouse-Exception-Code', String(problem.code));
    headers.set('Content-Type', 'text/plain; charset=UTF-8');
    if (problem.status === 401) headers.set('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"');
    // Once progress was sent the encoding was announced with it.
    const target = open(problem.status, line ? options.encoding : null);
    if (target !== wire.body) target.once('end', () => wire.body.end());
    target.end(packed(Buffer.from(message)));
  }

  /** Sends a line of progress as a separate header, before the others. */
  function progress(counts: Counts): void {
    if (!wire.fresh()) return;
    if (!line) {
      if (options.encoding) headers.set('Content-Encoding', options.encoding);
      ({ wire, line } = progressWire(response, headers));
    }
    line('X-ClickHouse-Progress', countsHeader(counts));
  }

  /** From here on the answer, an error too, goes out in ClickHouse's compressed blocks. */
  const compress = () => {
    packed = toBlocks;
  };

  /** Removes what the answer left on disk. */
  const dispose = () => {
    spill?.destroy();
    if (spill) rmSync(options.spillPath, { force: true });
  };

  return { headers, compress, write, end, fail, progress, dispose };
}
export type Sink = ReturnType<typeof createSink>;

/** Writes and waits until there is room again; rejects when the other side is gone. */
export async function push(target: Writable, chunk: Buffer): Promise<void> {
  if (target.destroyed) throw new Error('The client went away');
  if (target.write(chunk)) return;
  await new Promise<void>((resolve, reject) => {
    const done = () => {
      target.off('drain', done);
      target.off('close', lost);
      resolve();
    };
    const lost = () => {
      target.off('drain', done);
      reject(new Error('The client went away'));
    };
    target.once('drain', done);
    target.once('close', lost);
  });
}

function exceptionBlock(message: string, tag: string): string {
  return `\r\n__exception__\r\n${tag}\r\n${message}${Buffer.byteLength(message)} ${tag}\r\n__exception__\r\n`;
}
