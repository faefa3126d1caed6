import { problem } from '../problem';
import { type Layout, layoutOf } from './native-type';

/**
 * From here on a column says how it is serialized; 0 is the usual way. `DBMS_MIN_REVISION_WITH_CUSTOM_SERIALIZATION`
 */
const customSerialization = 54_454;
/** A block's info: no overflows (field 1), bucket -1 (field 2), end. */
const blockInfo = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0]);
const usualWay = Buffer.from([0]);
const lowCardinalityVersionBytes = 8;
const hasAdditionalKeys = 1n << 9n;
const hasGlobalDictionary = 1n << 8n;

/**
 * Turns the engine's Native format, which is that of revision 0, into what a client of `client_protocol_version` reads:
 * an info before each block and, for newer ones, a byte before each column's data. Nothing is held back but a length or
 * a type's name that a chunk cuts. `push` throws 48 NOT_IMPLEMENTED for a type whose length is not known here.
 */
export function nativeRevision(revision: number): { push(chunk: Buffer): Buffer } {
  let chunk: Buffer = Buffer.alloc(0);
  let at = 0;
  let from = 0;
  let out: Buffer[] = [];

  const passOn = () => {
    if (at > from) out.push(chunk.subarray(from, at));
    from = at;
  };
  const insert = (bytes: Buffer) => {
    passOn();
    out.push(bytes);
  };

  function* byte(): Generator<void, number> {
    while (at >= chunk.length) yield;
    const value = chunk[at] as number;
    at += 1;
    return value;
  }
  function* varint(): Generator<void, number> {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const part = at < chunk.length ? (chunk[at++] as number) : yield* byte();
      value += (part & 127) * factor;
      if (part < 128) return value;
    }
  }
  function* skip(bytes: number): Generator<void, void> {
    for (let left = bytes; ; ) {
      const here = Math.min(left, chunk.length - at);
      at += here;
      left -= here;
      if (left === 0) return;
      yield;
    }
  }
  function* take(bytes: number): Generator<void, Buffer> {
    const taken = Buffer.alloc(bytes);
    for (let filled = 0; filled < bytes; ) {
      if (at >= chunk.length) yield;
      const copied = chunk.copy(taken, filled, at, Math.min(chunk.length, at + bytes - filled));
      at += copied;
      filled += copied;
    }
    return taken;
  }
  function* uint64(): Generator<void, bigint> {
    return (yield* take(8)).readBigUInt64LE();
  }

  function* data(layout: Layout, rows: number): Generator<void, void> {
    if (rows === 0) return;
    switch (layout.kind) {
      case 'fixed':
        return yield* skip(layout.bytes * rows);
      case 'string':
        for (let row = 0; row < rows; row += 1) yield* skip(yield* varint());
        return;
      case 'nullable':
        yield* skip(rows);
        return yield* data(layout.of, rows);
      case 'array':
        yield* skip(8 * (rows - 1));
        return yield* data(layout.of, Number(yield* uint64()));
      case 'tuple':
        for (const part of layout.of) yield* data(part, rows);
        return;
      case 'lowCardinality':
        return yield* lowCardinality(layout.of, rows);
    }
  }
  function* lowCardinality(keys: Layout, rows: number): Generator<void, void> {
    for (let left = rows; left > 0; ) {
      const flags = yield* uint64();
      if (flags & hasGlobalDictionary) yield* data(keys, Number(yield* uint64()));
      if (flags & hasAdditionalKeys) yield* data(keys, Number(yield* uint64()));
      const indexes = Number(yield* uint64());
      yield* skip(indexes * 2 ** Number(flags & 0xffn));
      left -= indexes;
    }
  }

  function* blocks(): Generator<void, never> {
    for (;;) {
      while (at >= chunk.length) yield;
      insert(blockInfo);
      const columns = yield* varint();
      const rows = yield* varint();
      for (let column = 0; column < columns; column += 1) {
        yield* skip(yield* varint());
        const type = (yield* take(yield* varint())).toString();
        const layout = layoutOf(type);
        if (!layout) {
          const text = `A column of type ${type} is not written here in Native for client_protocol_version; ask for another format, or without it`;
          throw problem(48, 'NOT_IMPLEMENTED', text);
        }
        if (revision >= customSerialization) insert(usualWay);
        if (rows > 0) yield* skip(lowCardinalityVersionBytes * lowCardinalities(layout));
        yield* data(layout, rows);
      }
    }
  }

  const walk = blocks();
  return {
    push(next) {
      [chunk, at, from, out] = [next, 0, 0, []];
      walk.next();
      passOn();
      return Buffer.concat(out);
    },
  };
}

/** What an answer's chunks become for a client of this `client_protocol_version`: only Native knows revisions. */
export function inRevision(revision: number, format: string): (chunk: Buffer) => Buffer {
  if (revision === 0 || !/^native$/i.test(format)) return (chunk) => chunk;
  const native = nativeRevision(revision);
  return (chunk) => native.push(chunk);
}

/** Each of them writes its version before all data of the column. */
function lowCardinalities(layout: Layout): number {
  if (layout.kind === 'lowCardinality') return 1;
  if (layout.kind === 'tuple') return layout.of.reduce((sum, part) => sum + lowCardinalities(part), 0);
  return 'of' in layout ? lowCardinalities(layout.of) : 0;
}
