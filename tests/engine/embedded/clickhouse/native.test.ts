import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nativeRevision } from '@/lib/embedded/clickhouse/http/native-revision';
import { type OwnClickHouse, ownClickHouse, passwords } from './helper';

let server: OwnClickHouse;
beforeAll(async () => {
  server = await ownClickHouse();
});
afterAll(() => server.remove());

/** One expression of each type whose values differ in length from row to row, or that nests others. */
const types: Record<string, string> = {
  UInt8: 'number',
  Int256: 'number',
  Float64: 'number / 3',
  BFloat16: 'number',
  Bool: 'number % 2',
  Date32: "'2026-02-10'",
  "DateTime('UTC')": 'number',
  "DateTime64(3, 'UTC')": 'number',
  UUID: "'b8a3ba5e-4a36-4a52-a1fc-3f41f3f3a0b5'",
  IPv6: "'::1'",
  'Decimal(9, 2)': 'number',
  'Decimal(76, 4)': 'number',
  'FixedString(3)': "'abc'",
  "Enum8('a, (' = 1, 'it\\'s' = 2)": "'a, ('",
  IntervalDay: 'toIntervalDay(number)',
  String: "repeat('€', number * 60)",
  'Nullable(String)': "if(number % 2, NULL, repeat('x', number))",
  'Array(Array(String))': 'arrayMap(n -> arrayMap(m -> toString(m), range(n)), range(number))',
  'Map(String, Array(UInt16))': 'map(toString(number), range(number))',
  'Tuple(a String, `b c` Nullable(UInt8), d Tuple(UInt8, String))': "(toString(number), NULL, (number, 'y'))",
  'LowCardinality(String)': "repeat('z', number % 3)",
  'LowCardinality(Nullable(String))': "if(number = 1, NULL, repeat('z', number % 3))",
  'Array(LowCardinality(String))': 'arrayMap(n -> toString(n), range(number))',
  'Tuple(LowCardinality(String), Array(LowCardinality(Nullable(String))))': "(toString(number), [NULL, 'q'])",
  Ring: '[(1, 2), (number, 4)]',
  'SimpleAggregateFunction(max, String)': 'toString(number)',
};
const names = Object.keys(types);
const blocks = 3;
const statement = `SELECT ${names.map((type, at) => `CAST(${types[type]} AS ${type}) AS column_${at}`).join(', ')}
  FROM numbers(12) SETTINGS max_block_size = 5, max_threads = 1 FORMAT Native`;

async function bytes(query: Record<string, string>, text = statement): Promise<Buffer> {
  const headers = { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': passwords.admin };
  const answer = await fetch(`${server.url()}/?${new URLSearchParams(query)}`, { method: 'POST', body: text, headers });
  const body = Buffer.from(await answer.arrayBuffer());
  if (!answer.ok) throw new Error(body.toString());
  return body;
}

const info = Buffer.from([1, 0, 2, 255, 255, 255, 255, 0]);

/** Where the data of each column begin, found by the columns' names, which occur nowhere else. */
function headsIn(plain: Buffer): { start: number; end: number }[] {
  const heads = [];
  for (let at = plain.indexOf('column_'); at >= 0; at = plain.indexOf('column_', at + 1)) {
    const typeAt = at + (plain[at - 1] ?? 0);
    heads.push({ start: at - 1, end: typeAt + 1 + (plain[typeAt] ?? 0) });
  }
  return heads;
}

/**
 * The same with what a client of the revision expects beside it: by place, knowing nothing of how types are laid out.
 */
function revised(plain: Buffer, flags: boolean): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const [at, { start, end }] of headsIn(plain).entries()) {
    if (at % names.length === 0) {
      // The numbers of columns and rows come before the first column, one byte each here.
      parts.push(plain.subarray(from, start - 2), info);
      from = start - 2;
    }
    parts.push(plain.subarray(from, end), Buffer.alloc(flags ? 1 : 0));
    from = end;
  }
  return Buffer.concat([...parts, plain.subarray(from)]);
}

describe('Native with client_protocol_version', () => {
  it('has an info before each block and, from 54454 on, a byte before each column’s data, whatever the types', async () => {
    const plain = await bytes({});
    expect(headsIn(plain)).toHaveLength(names.length * blocks);
    expect(await bytes({ client_protocol_version: '0' })).toEqual(plain);
    expect(await bytes({ client_protocol_version: '54453' })).toEqual(revised(plain, false));
    expect(await bytes({ client_protocol_version: '54460' })).toEqual(revised(plain, true));
  });

  it('is the same wherever the engine’s bytes are cut', async () => {
    const plain = await bytes({});
    for (const size of [1, 2, 7, 64, 1_000]) {
      const native = nativeRevision(54_460);
      const parts = [];
      for (let at = 0; at < plain.length; at += size) parts.push(native.push(plain.subarray(at, at + size)));
      expect(Buffer.concat(parts)).toEqual(revised(plain, true));
    }
  });

  it('is read by default_format as well, and changes no other format', async () => {
    const query = { default_format: 'Native', client_protocol_version: '54460' };
    const one = await bytes(query, 'SELECT 1 AS column_0');
    expect(one).toEqual(Buffer.concat([info, Buffer.from('\x01\x01\x08column_0\x05UInt8\0\x01')]));
    expect(await bytes({ ...query, default_format: 'TSV' }, 'SELECT 1')).toEqual(Buffer.from('1\n'));
  });

  it('refuses a type whose length is not known, and a version that is no number', async () => {
    const query = { client_protocol_version: '54460' };
    const refused = await server.ask('SELECT sumState(number) FROM numbers(3) FORMAT Native', { query });
    expect([refused.status, refused.headers.get('x-clickhouse-exception-code')]).toEqual([501, '48']);
    expect(refused.text).toContain('AggregateFunction(sum, UInt64)');
    expect((await server.ask('SELECT 1', { query: { client_protocol_version: 'x' } })).text).toContain('Code: 72');
  });
});
