import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { TupleParam } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@/tests/support/until';
import { type OwnClickHouse, ownClickHouse } from '../embedded/clickhouse/helper';

let server: OwnClickHouse;
beforeAll(async () => {
  server = await ownClickHouse();
});
afterAll(() => server.remove());

const jsonFormats = [
  'JSON',
  'JSONStrings',
  'JSONCompact',
  'JSONCompactStrings',
  'JSONColumnsWithMetadata',
  'JSONObjectEachRow',
  'JSONEachRow',
  'JSONStringsEachRow',
  'JSONCompactEachRow',
  'JSONCompactStringsEachRow',
  'JSONCompactEachRowWithNames',
  'JSONCompactEachRowWithNamesAndTypes',
  'JSONCompactStringsEachRowWithNames',
  'JSONCompactStringsEachRowWithNamesAndTypes',
  'JSONEachRowWithProgress',
] as const;
const rawFormats = [
  'CSV',
  'CSVWithNames',
  'CSVWithNamesAndTypes',
  'TabSeparated',
  'TabSeparatedRaw',
  'TabSeparatedWithNames',
  'TabSeparatedWithNamesAndTypes',
  'CustomSeparated',
  'CustomSeparatedWithNames',
  'CustomSeparatedWithNamesAndTypes',
  'Parquet',
] as const;

test('ping answers, with and without a statement', async () => {
  const client = server.client();
  expect(await client.ping()).toMatchObject({ success: true });
  expect(await client.ping({ select: true })).toMatchObject({ success: true });
});

test.each(jsonFormats)('%s comes back as the client expects it', async (format) => {
  const result = await server
    .client()
    .query({ query: 'SELECT number AS n, toString(number) AS s FROM numbers(3)', format });
  expect(JSON.stringify(await result.json())).toContain('2');
});

test.each(rawFormats)('%s goes out and in again as the same rows', async (format) => {
  const client = server.client();
  const table = `raw_${format}`;
  // The raw format has no escapes: a tab would be a column.
  const text = format === 'TabSeparatedRaw' ? 'é"' : 'é\t"';
  await client.command({ query: `CREATE TABLE ${table} (n UInt64, s String) ENGINE = MergeTree ORDER BY n` });
  const query = `SELECT number AS n, concat({text:String}, toString(number)) AS s FROM numbers(3) FORMAT ${format}`;
  const { stream } = await client.exec({ query, query_params: { text } });
  const bytes = await buffer(stream);
  await client.insert({ table, values: Readable.from([bytes], { objectMode: false }), format });
  const back = await client.query({
    query: `SELECT toString(count()) AS c, max(s) AS s FROM ${table}`,
    format: 'JSONEachRow',
  });
  expect(await back.json()).toEqual([{ c: '3', s: `${text}2` }]);
});

test('objects stream in and out with back-pressure, without loss', async () => {
  const client = server.client();
  await client.command({ query: 'CREATE TABLE streamed (id UInt64, name String) ENGINE = MergeTree ORDER BY id' });
  const rows = function* () {
    for (let id = 0; id < 200_000; id += 1) yield { id, name: `name ${id}` };
  };
  const written = await client.insert({ table: 'streamed', values: Readable.from(rows()), format: 'JSONEachRow' });
  expect(written.summary?.written_rows).toBe('200000');
  const result = await client.query({ query: 'SELECT * FROM streamed ORDER BY id', format: 'JSONEachRow' });
  let count = 0;
  for await (const part of result.stream()) count += part.length;
  expect(count).toBe(200_000);
});

test('values of a statement keep their type and text', async () => {
  const query = `SELECT toString({i:Int64}) AS i, {f:Float64} AS f, {s:String} AS s, {b:Bool} AS b, {n:Nullable(String)} AS n,
    {a:Array(String)} AS a, {aa:Array(Array(UInt8))} AS aa, {m:Map(String, UInt8)} AS m, {t:Tuple(UInt8, String)} AS t,
    toString({d:Date}) AS d, toString({dt:DateTime('UTC')}) AS dt, toString({dt64:DateTime64(3, 'UTC')}) AS dt64,
    {u:UUID} AS u, {dec:Decimal(18, 4)} AS dec, {lc:LowCardinality(String)} AS lc FROM system.{table:Identifier}`;
  const result = await server.client().query({
    query,
    format: 'JSONEachRow',
    query_params: {
      i: '-9007199254740993',
      f: 1.5,
      s: `it's \\ "x"\n\té`,
      b: true,
      n: null,
      a: ["a'b", 'c\\', ''],
      aa: [[1], [2, 3]],
      m: { k: 1 },
      t: new TupleParam([1, "x'y"]),
      d: '2026-02-10',
      dt: new Date('2026-02-10T01:02:03Z'),
      dt64: new Date('2026-02-10T01:02:03.456Z'),
      u: '61f0c404-5cb3-11e7-907b-a6006ad3dba0',
      dec: '1.2345',
      lc: 'low',
      table: 'one',
    },
  });
  const [row] = (await result.json()) as Record<string, unknown>[];
  expect(row).toMatchObject({
    i: '-9007199254740993',
    f: 1.5,
    s: `it's \\ "x"\n\té`,
    b: true,
    n: null,
    a: ["a'b", 'c\\', ''],
    aa: [[1], [2, 3]],
    m: { k: 1 },
    d: '2026-02-10',
    dt: '2026-02-10 01:02:03',
    dt64: '2026-02-10 01:02:03.456',
    u: '61f0c404-5cb3-11e7-907b-a6006ad3dba0',
    dec: 1.2345,
    lc: 'low',
  });
});

test('an error carries code, type and the engine text', async () => {
  const attempt = server.client().query({ query: 'SELECT * FROM nowhere', format: 'JSONEachRow' });
  await expect(attempt).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
});

test('an error behind the first rows reaches who reads the stream', async () => {
  const query = 'SELECT number, throwIf(number = 3000000) FROM numbers(10000000)';
  const result = await server.client().query({ query, format: 'JSONEachRow' });
  const drain = async () => {
    for await (const _ of result.stream());
  };
  await expect(drain()).rejects.toThrow(/non-zero|aborted/);
});

test('compression works both ways', async () => {
  const client = server.client('admin', { compression: { request: true, response: true } });
  await client.command({ query: 'CREATE TABLE packed (n UInt64) ENGINE = MergeTree ORDER BY n' });
  await client.insert({ table: 'packed', values: [{ n: 1 }, { n: 2 }], format: 'JSONEachRow' });
  const result = await client.query({
    query: 'SELECT toString(sum(n)) AS s FROM packed CROSS JOIN numbers(100000) AS r',
    format: 'JSONEachRow',
  });
  expect(await result.json()).toEqual([{ s: '300000' }]);
  expect(result.response_headers['content-encoding']).toBe('gzip');
});

test('a session keeps its temporary tables and its SET, and is one user’s alone', async () => {
  const one = server.client('slc_reader', { session_id: 'one', max_open_connections: 1 });
  const two = server.client('slc_reader', { session_id: 'two', max_open_connections: 1 });
  const value = async (client: typeof one, query: string) =>
    (await client.query({ query, format: 'TabSeparated' })).text();
  for (const [client, n] of [
    [one, 1],
    [two, 2],
  ] as const) {
    await client.command({ query: 'CREATE TEMPORARY TABLE mine (n UInt64) ENGINE = Memory' });
    await client.command({
      query: 'INSERT INTO mine SELECT {n:UInt64}',
      query_params: { n },
      clickhouse_settings: { max_threads: 1 },
    });
    await client.command({ query: `SET max_block_size = ${1000 + n}` });
  }
  expect(await value(one, "SELECT n, getSetting('max_block_size') FROM mine")).toBe('1\t1001\n');
  expect(await value(two, "SELECT n, getSetting('max_block_size') FROM mine")).toBe('2\t1002\n');
  const other = server.client('admin', { session_id: 'one' });
  await expect(value(other, 'SELECT n FROM mine')).rejects.toMatchObject({ code: '60' });
});

test('an aborted read is killed in the engine', async () => {
  const client = server.client();
  const abort = new AbortController();
  const query = 'SELECT sleepEachRow(0.1) FROM numbers(1000) SETTINGS max_block_size = 1';
  const reading = client.query({ query, query_id: 'to-abort', abort_signal: abort.signal, format: 'TabSeparated' });
  const running = async () => {
    const shown = await client.query({
      query: "SELECT count() FROM system.processes WHERE query_id = 'to-abort'",
      format: 'TabSeparated',
    });
    return Number(await shown.text());
  };
  await until('the read runs', async () => (await running()) === 1);
  const listed = await client.query({ query: 'SHOW PROCESSLIST', format: 'JSON' });
  expect(JSON.stringify(await listed.json())).toContain('to-abort');
  abort.abort();
  await expect(reading).rejects.toThrow();
  await until('the read is gone', async () => (await running()) === 0);
});

test('KILL QUERY finds a statement by the id its client gave', async () => {
  const client = server.client();
  const query = 'SELECT sleepEachRow(0.1) FROM numbers(1000) SETTINGS max_block_size = 1';
  const reading = client.query({ query, query_id: 'to-kill', format: 'TabSeparated' }).then((result) => result.text());
  reading.catch(() => {});
  await until('the kill found it', async () => {
    // A kill that found none answers nothing at all, in whatever format.
    const killed = await client.query({ query: "KILL QUERY WHERE query_id = 'to-kill' SYNC", format: 'TabSeparated' });
    return (await killed.text()).includes('waiting');
  });
  await expect(reading).rejects.toMatchObject({ code: '394' });
});

test('connections are kept alive', async () => {
  const client = server.client('admin', { max_open_connections: 1 });
  const results = await Promise.all(
    Array.from({ length: 50 }, async (_, n) =>
      (await client.query({ query: `SELECT ${n}`, format: 'TabSeparated' })).text(),
    ),
  );
  expect(results.at(-1)).toBe('49\n');
});
