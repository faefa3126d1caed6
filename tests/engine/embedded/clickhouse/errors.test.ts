import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnClickHouse, ownClickHouse, passwords } from './helper';

let server: OwnClickHouse;
beforeAll(async () => {
  server = await ownClickHouse();
});
afterAll(() => server.remove());

const curl = (...args: string[]) => server.curl(...args);
const value = async (statement: string) => (await server.ask(statement)).text;

test.each([
  ['SELECT * FROM nowhere', 60, 404],
  ['SELEC 1', 62, 400],
  ['invalid', 62, 400],
  ['1 + 1', 62, 400],
  ['SELECT addressToLine(0)', 446, 500],
  ['SELECT 1; SELECT 2', 62, 400],
  ['SELECT nofunction(1)', 46, 404],
  ['SELECT throwIf(1)', 395, 500],
  ["SELECT 1 INTO OUTFILE '/tmp/slc-never'", 358, 400],
  ['SELECT {x:UInt8}', 456, 500],
  ['SYSTEM SHUTDOWN', 1, 500],
  ['SYSTEM /* now */ KILL', 1, 500],
  ['', 62, 400],
])('%s is refused with %i and %i', async (statement, code, status) => {
  const answer = await server.ask(statement);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('x-clickhouse-exception-code')).toBe(String(code));
  expect(answer.text).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: .*\\(version `, 's'));
});

test('every setting has a server’s default, and mutations are not waited for', async () => {
  const changed = "SELECT name FROM system.settings WHERE changed AND value != default AND name != 'mutations_sync'";
  const own = "name NOT IN ('max_query_size', 'stream_like_engine_insert_queue')";
  expect(await value(`${changed} AND ${own}`)).toBe('');
  expect(await value("SELECT getSetting('mutations_sync')")).toBe('0\n');
});

test('JSONEachRowWithProgress gives meta, rows and progress', async () => {
  const text = await value('SELECT number AS n FROM numbers(2) FORMAT JSONEachRowWithProgress');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.slice(0, 3)).toEqual([
    { meta: [{ name: 'n', type: 'UInt64' }] },
    { row: { n: expect.anything() } },
    { row: { n: expect.anything() } },
  ]);
  expect(lines.at(-1)).toMatchObject({ progress: { read_rows: '2' } });
});

test('an unknown setting, database and wrong password have their own codes', async () => {
  const code = async (query: Record<string, string>) =>
    (await server.ask('SELECT 1', { query })).headers.get('x-clickhouse-exception-code');
  expect(await code({ nosuchsetting: '1' })).toBe('115');
  expect(await code({ database: 'nowhere' })).toBe('81');
  const wrong = await fetch(`${server.url()}/?user=admin&password=wrong`, { method: 'POST', body: 'SELECT 1' });
  expect([wrong.status, wrong.headers.get('x-clickhouse-exception-code')]).toEqual([403, '516']);
});

test('one way to name the user, and no other scheme', async () => {
  const refused = async (path: string, headers: Record<string, string>) => {
    const answer = await fetch(`${server.url()}${path}`, { method: 'POST', body: 'SELECT 1', headers });
    return [answer.status, answer.headers.get('x-clickhouse-exception-code'), await answer.text()];
  };
  const mine = { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': passwords.admin };
  const told = (text: string) => [403, '516', expect.stringContaining(text)];
  expect(await refused('/?user=admin', mine)).toEqual(told('not allowed to use X-ClickHouse HTTP headers and'));
  expect(await refused('/?password=x', { Authorization: 'Basic eDp5' })).toEqual(told('Authorization HTTP header and'));
  expect(await refused('/', { Authorization: 'Bearer x' })).toEqual(told("'Bearer' HTTP Authorization scheme"));
  expect(await refused('/?user=', {})).toEqual(told('Got an empty user name'));
});

test('odd URLs are read as ClickHouse reads them', async () => {
  const url = server.url();
  expect(await curl(`${url}/?&=1`, '-d', 'SELECT 1')).toBe('1\n');
  expect(await curl(`${url}/?param_a=1&param_a=2`, '-d', 'SELECT {a:String}')).toBe('1\n');
  expect(await curl('--path-as-is', `${url}//`)).toBe('There is no handle //\n');
  expect(await curl('-X', 'GET', `${url}/?max_threads=1`, '-d', 'SELECT 6;;')).toBe('6\n');
  expect(await curl(`${url}/?role=x`, '-d', 'SELECT 1')).toContain('Code: 511');
  expect(await curl(`${url}/?query=SELECT+1`, '-H', 'Content-Encoding: gzip', '-d', '')).toBe('1\n');
});

test('errors are told as a server tells them: once, and without what this interface added', async () => {
  expect(await value('SELECT 1 FORMAT NoSuch')).toMatch(/^Code: 73\. DB::Exception: Unknown format NoSuch\. \(UNKNOWN/);
  const { text } = await server.ask('SELECT * FROM system.one WHER 1=1');
  expect([text.includes('FORMAT TabSep'), text.includes(server.dataDir)]).toEqual([false, false]);
  const code = async (encoding: string, query: Record<string, string> = {}) => {
    const answer = await server.ask('SELECT 1', { query, init: { headers: { 'Content-Encoding': encoding } } });
    expect(answer.text).not.toContain(server.dataDir);
    return answer.headers.get('x-clickhouse-exception-code');
  };
  await value('CREATE TABLE damaged (n UInt64) ENGINE = MergeTree ORDER BY n');
  expect([await code('gzip'), await code('br'), await code('zstd')]).toEqual(['354', '448', '561']);
  expect(await code('zstd', { query: 'INSERT INTO damaged FORMAT TSV' })).toBe('561');
  const row = await server.ask('{"n":"x"}', { query: { query: 'INSERT INTO damaged FORMAT JSONEachRow' } });
  expect(row.text).toMatch(/\(at row 1\)\s*: While executing /);
});

test('an error after the first bytes is marked with the tag and breaks the connection', async () => {
  const statement = 'SELECT throwIf(number = 3000000) FROM numbers(10000000)';
  const broken = await curl('-i', server.url(), '-d', statement).catch(
    (error) => error as { code: number; stdout: string },
  );
  if (typeof broken === 'string') throw new Error('curl saw a whole answer');
  expect(broken.code).toBe(18);
  const tag = /X-ClickHouse-Exception-Tag: (\w+)/.exec(broken.stdout)?.[1] ?? '';
  const end = broken.stdout.slice(-600);
  expect(end).toMatch(new RegExp(`\r\n__exception__\r\n${tag}\r\nCode: 395.*\n\\d+ ${tag}\r\n__exception__\r\n$`, 's'));
  const held = await server.ask(statement, { query: { wait_end_of_query: '1' } });
  expect([held.status, held.text.slice(0, 10)]).toEqual([500, 'Code: 395.']);
});
