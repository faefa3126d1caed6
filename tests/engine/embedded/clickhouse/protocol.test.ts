import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@/tests/support/until';
import { type OwnClickHouse, ownClickHouse } from './helper';

let server: OwnClickHouse;
beforeAll(async () => {
  server = await ownClickHouse();
});
afterAll(() => server.remove());

const curl = (...args: string[]) => server.curl(...args);
const value = async (statement: string) => (await server.ask(statement)).text;

test('curl: statement in the URL, in the body, and split over both', async () => {
  expect(await curl(`${server.url()}/?query=SELECT%201`)).toBe('1\n');
  expect(await curl(server.url(), '-d', 'SELECT 2')).toBe('2\n');
  expect(await curl(`${server.url()}/?query=SELECT`, '-d', '3')).toBe('3\n');
  await curl(server.url(), '-d', 'CREATE TABLE split (n UInt8, s String) ENGINE = MergeTree ORDER BY n');
  await curl(
    `${server.url()}/?query=INSERT+INTO+split+FORMAT+CSV`,
    '--data-binary',
    '1,"a"\n2,"b; DROP TABLE split"\n',
  );
  await curl(server.url(), '-d', "INSERT INTO split VALUES (3, 'c'), (4, concat('d', 'e'));");
  await curl(
    server.url(),
    '--data-binary',
    "INSERT INTO split SELECT n, s FROM input('n UInt8, s String') FORMAT TSV\n5\tf\n",
  );
  expect(await value('SELECT groupArray(s) FROM (SELECT s FROM split ORDER BY n) FORMAT TSVRaw')).toBe(
    "['a','b; DROP TABLE split','c','de','f']\n",
  );
});

test('rows of an INSERT are never run as a statement', async () => {
  await value('CREATE TABLE kept (n UInt8) ENGINE = MergeTree ORDER BY n');
  for (const rows of ['(1); DROP TABLE kept', '(1);\nDROP TABLE kept;\n'])
    await server.ask(`INSERT INTO kept VALUES ${rows}`);
  await server.ask('1\n;DROP TABLE kept\n', { query: { query: 'INSERT INTO kept FORMAT TSV' } });
  expect(await value('EXISTS TABLE kept')).toBe('1\n');
});

test('a GET and a HEAD change nothing', async () => {
  const answer = await curl(
    '-i',
    '-G',
    server.url(),
    '--data-urlencode',
    'query=CREATE TABLE got (n UInt8) ENGINE = Memory',
  );
  expect(answer).toContain('X-ClickHouse-Exception-Code: 164');
  expect(await curl('-I', `${server.url()}/?query=SELECT%201`)).toContain('200 OK');
  expect(await value('EXISTS TABLE got')).toBe('0\n');
});

test('headers name the query, its format, the time zone and what it read', async () => {
  const { headers } = await server.ask('SELECT * FROM numbers(10) FORMAT JSON', { query: { query_id: 'mine' } });
  expect(headers.get('x-clickhouse-query-id')).toBe('mine');
  expect(headers.get('x-clickhouse-format')).toBe('JSON');
  expect(headers.get('content-type')).toBe('application/json; charset=UTF-8');
  expect(headers.get('x-clickhouse-timezone')).not.toBeNull();
  expect(headers.get('x-clickhouse-server-display-name')).not.toBeNull();
  expect(JSON.parse(headers.get('x-clickhouse-summary') ?? '')).toMatchObject({ read_rows: '10', result_rows: '10' });
});

test('database, format and settings hold for one request', async () => {
  await value('CREATE DATABASE other');
  const inHeader = { headers: { 'X-ClickHouse-Database': 'other', 'X-ClickHouse-Format': 'CSV' } };
  const asked = "SELECT currentDatabase(), getSetting('max_block_size')";
  expect((await server.ask(asked, { query: { max_block_size: '7' }, init: inHeader })).text).toBe('"other",7\n');
  expect((await server.ask(asked, { query: { database: 'other', default_format: 'CSV' } })).text).toMatch(
    /^"other",65\d+\n/,
  );
  expect(await value('SELECT currentDatabase()')).toBe('default\n');
});

test('wait_end_of_query holds back an answer larger than memory allows, whole', async () => {
  const { text } = await server.ask('SELECT number FROM numbers(3000000)', { query: { wait_end_of_query: '1' } });
  expect(text.length).toBe(22_888_890);
});

test('progress comes as headers while the statement runs', async () => {
  const query = { send_progress_in_http_headers: '1', http_headers_progress_interval_ms: '20' };
  const url = `${server.url()}/?${new URLSearchParams(query)}`;
  const answer = await curl(
    '-i',
    url,
    '-d',
    'SELECT sum(sleepEachRow(0.02)) FROM numbers(40) SETTINGS max_block_size = 4',
  );
  expect(answer.match(/X-ClickHouse-Progress: \{"read_rows":"\d+"/g)?.length).toBeGreaterThan(2);
  expect(answer).toMatch(/\r\n\r\n0\n$/);
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const)('a body in %s is a statement, or rows', async (encoding, pack) => {
  const init = { headers: { 'Content-Encoding': encoding } };
  expect((await server.ask(pack('SELECT 5'), { init })).text).toBe('5\n');
  await value(`CREATE TABLE packed_${encoding} (n UInt64) ENGINE = MergeTree ORDER BY n`);
  const query = { query: `INSERT INTO packed_${encoding} FORMAT TSV` };
  await server.ask(pack('1\n2\n'), { init, query });
  expect(await value(`SELECT sum(n) FROM packed_${encoding}`)).toBe('3\n');
});

test('lz4 and zstd bodies are undone by the engine', async () => {
  // Frames with one block stored as it is, since Node 20 has neither.
  const lz4 = (text: string) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length + 0x80000000);
    return Buffer.concat([Buffer.from('04224d18604082', 'hex'), size, Buffer.from(text), Buffer.alloc(4)]);
  };
  const zstd = (text: string) =>
    Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, text.length, (text.length << 3) | 1, text.length >> 5, 0]),
      Buffer.from(text),
    ]);
  await value('CREATE TABLE framed (n UInt64) ENGINE = MergeTree ORDER BY n');
  for (const [encoding, pack] of Object.entries({ lz4, zstd })) {
    const init = { headers: { 'Content-Encoding': encoding } };
    expect((await server.ask(pack('SELECT 5'), { init })).text).toBe('5\n');
    await server.ask(pack('1\n2\n'), { init, query: { query: 'INSERT INTO framed FORMAT TSV' } });
  }
  expect(await value('SELECT sum(n) FROM framed')).toBe('6\n');
  const answer = await server.ask('SELECT 1', { init: { headers: { 'Content-Encoding': 'rot13' } } });
  expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([415, '779']);
});

test('an answer is compressed only when asked', async () => {
  const encoding = async (query: Record<string, string>, accept: string) =>
    (await server.ask('SELECT 1', { query, init: { headers: { 'Accept-Encoding': accept } } })).headers.get(
      'content-encoding',
    );
  expect(await encoding({ enable_http_compression: '1' }, 'gzip, br')).toBe('br');
  expect(await encoding({ enable_http_compression: '1' }, 'gzip')).toBe('gzip');
  expect(await encoding({}, 'gzip, br')).toBeNull();
});

test('a form brings values too long for a URL, and tables', async () => {
  const form = new FormData();
  form.set('query', 'SELECT v, length({long:String}) FROM ext WHERE k > 1');
  form.set('param_long', 'x'.repeat(500_000));
  form.set('ext', new Blob(['1,a\n2,b\n']), 'ext.csv');
  const query = { ext_structure: 'k UInt64, v String', ext_format: 'CSV' };
  expect((await server.ask(form, { query })).text).toBe('b\t500000\n');
  expect((await server.ask(form, { query: { ...query, session_id: 'form' } })).text).toBe('b\t500000\n');
  expect((await server.ask('SELECT * FROM ext', { query: { session_id: 'form' } })).status).toBe(404);
  const split = new FormData();
  for (const [name, text] of Object.entries({ query: ', {s:String}', param_s: 'x', ignored: '1' }))
    split.set(name, text);
  expect((await server.ask(split, { query: { query: 'SELECT 1' } })).text).toBe('1\tx\n');
});

test('a statement may have 64 MB, and one byte more is told so', async () => {
  const filler = `/*${'x'.repeat(20 * 1024 * 1024)}*/`;
  expect(await value(`SELECT 1 ${filler}`)).toBe('1\n');
  const tooLong = await server.ask(`SELECT '${'x'.repeat(64 * 1024 * 1024)}'`);
  expect([tooLong.status, tooLong.headers.get('x-clickhouse-exception-code')]).toEqual([413, '229']);
});

test('a session is checked, and one statement keeps it busy', async () => {
  const code = async (query: Record<string, string>, statement = 'SELECT 1') =>
    (await server.ask(statement, { query })).headers.get('x-clickhouse-exception-code');
  expect(await code({ session_id: 'none', session_check: '1' })).toBe('372');
  expect(await code({ session_id: 'none', session_timeout: '999999' })).toBe('374');
  const busy = server.ask('SELECT sleep(1)', { query: { session_id: 'busy', query_id: 'busy' } });
  await until('the session is busy', async () => (await code({ session_id: 'busy' })) === '373');
  expect(await code({ query_id: 'busy' })).toBe('216');
  expect((await busy).status).toBe(200);
  expect(await code({ session_id: 'busy', session_check: '1' })).toBeNull();
  expect(await code({ session_id: 'busy', session_check: '1', close_session: '1' })).toBeNull();
  expect(await code({ session_id: 'busy', session_check: '1' })).toBe('372');
});

test('a connection that many requests share shows none what another gave', async () => {
  const size = "SELECT getSetting('max_block_size'), currentDatabase()";
  const asked: Record<string, string>[] = [
    {},
    { max_block_size: '7' },
    { database: 'system' },
    { max_block_size: '8', database: 'system' },
    {},
  ];
  for (const query of asked) {
    const seen = `${query.max_block_size ?? '65409'}\t${query.database ?? 'default'}\n`;
    for (let again = 0; again < 3; again += 1) expect((await server.ask(size, { query })).text).toBe(seen);
  }
  expect(await value(`${size} SETTINGS max_block_size = 9`)).toContain('9\t');
  expect(await value(`${size} FORMAT TSV SETTINGS max_block_size = 9`)).toContain('9\t');
  expect(await value(size)).toBe('65409\tdefault\n');
  await value('CREATE DATABASE passing');
  expect((await server.ask('SELECT 1', { query: { database: 'passing' } })).text).toBe('1\n');
  await value('DROP DATABASE passing');
  expect((await server.ask('SELECT 1', { query: { database: 'passing' } })).text).toContain('Code: 81');
  const bound = async (query: Record<string, string>) => (await server.ask('SELECT {x:String}', { query })).text;
  expect([await bound({ param_x: 'a' }), await bound({ param_x: 'b' })]).toEqual(['a\n', 'b\n']);
  expect(await bound({ param_y: 'a' })).toContain('Code: 456');
  expect(await bound({})).toContain('Code: 456');
});

test('few rows may be large: they come whole, in every kind of format', async () => {
  const wide = "SELECT number AS n, repeat('x', 300000) AS s FROM numbers(3) LIMIT 3 FORMAT";
  expect((await value(`${wide} TSV`)).length).toBe(900_009);
  expect(JSON.parse(await value(`${wide} JSON`))).toMatchObject({ rows: 3, statistics: { rows_read: 3 } });
  expect((await value(`${wide} CSVWithNames`)).slice(0, 8)).toBe('"n","s"\n');
  expect((await value("SELECT repeat(repeat('y', 50), 1000000)")).length).toBe(50_000_001);
  const small = await server.ask('SELECT 1 FORMAT Parquet');
  expect([small.text.slice(0, 4), small.text.slice(-4)]).toEqual(['PAR1', 'PAR1']);
});

test('settings of a request do not stay in its session', async () => {
  const ask = async (statement: string, query: Record<string, string> = {}) =>
    (await server.ask(statement, { query: { session_id: 'settings', ...query } })).text;
  const size = "SELECT getSetting('max_block_size'), currentDatabase()";
  await ask('SET max_block_size = 11');
  expect(await ask(size, { max_block_size: '7', database: 'system' })).toBe('7\tsystem\n');
  expect(await ask(size)).toBe('11\tdefault\n');
  expect(await ask(size, { nosuchsetting: '1' })).toContain('Code: 115');
  expect(await ask(size)).toBe('11\tdefault\n');
});

test('/, /ping and /replicas_status answer without a user; other paths do not exist', async () => {
  for (const path of ['/', '/ping', '/replicas_status']) expect(await curl(`${server.url()}${path}`)).toBe('Ok.\n');
  const nowhere = await fetch(`${server.url()}/play`);
  expect([nowhere.status, nowhere.headers.get('access-control-allow-origin')]).toEqual([404, null]);
});

test('bytes that are no UTF-8 come through unchanged', async () => {
  const statement = Buffer.concat([Buffer.from("SELECT hex('"), Buffer.from([0xff, 0xfe]), Buffer.from("')")]);
  expect((await server.ask(statement)).text).toBe('FFFE\n');
});
