import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClickHouseUserName } from '@/lib/embedded/clickhouse/start';
import { type OwnClickHouse, ownClickHouse, passwords } from './helper';

let server: OwnClickHouse;
beforeAll(async () => {
  server = await ownClickHouse();
  for (const statement of [
    'CREATE DATABASE c',
    'CREATE TABLE c.t (id String, n UInt64) ENGINE = MergeTree ORDER BY id PARTITION BY n',
    "CREATE TABLE c.t_d AS c.t ENGINE = Distributed('slc', 'c', 't', cityHash64(id))",
    "INSERT INTO c.t_d VALUES ('a', 1), ('b', 2)",
  ]) {
    expect((await server.ask(statement, { query: { distributed_foreground_insert: '1' } })).status).toBe(200);
  }
});
afterAll(() => server.remove());

const code = async (user: ClickHouseUserName, statement: string, session = '') => {
  const query: Record<string, string> = session ? { session_id: session } : {};
  const answer = await server.ask(statement, { user, query });
  return answer.status === 200 ? 'done' : `${answer.status} ${answer.headers.get('x-clickhouse-exception-code')}`;
};
const refused = '403 497';

const reads = [
  'SELECT count() FROM c.t_d',
  'WITH 1 AS x SELECT x',
  '(SELECT 1)',
  '/* INSERT */ SELECT 1 -- DROP TABLE c.t',
  'SHOW TABLES FROM c',
  'DESCRIBE c.t',
  'EXISTS c.t',
  'EXPLAIN SELECT * FROM c.t_d',
  'SELECT * FROM system.mutations',
  "SELECT count() FROM cluster('slc', c.t)",
];
const changes = [
  "INSERT INTO c.t VALUES ('x', 1)",
  "INSERT INTO c.t SELECT 'x', 1",
  "WITH 1 AS one INSERT INTO c.t SELECT 'x', one",
  'DROP TABLE c.t',
  'TRUNCATE TABLE c.t',
  'CREATE TABLE c.u (n UInt8) ENGINE = Memory',
  'ALTER TABLE c.t DELETE WHERE 1',
  'DELETE FROM c.t WHERE 1',
  'OPTIMIZE TABLE c.t',
  'RENAME TABLE c.t TO c.v',
  'SYSTEM STOP MERGES',
  'KILL QUERY WHERE 1',
  'KILL MUTATION WHERE 1',
  'CREATE FUNCTION f AS x -> x',
  "BACKUP TABLE c.t TO File('x')",
  'EXPLAIN ALTER TABLE c.t DELETE WHERE 1',
];
const outside = [
  "SELECT * FROM file('/etc/passwd', 'TSV', 's String')",
  "SELECT * FROM `file`('/etc/passwd')",
  "SELECT * FROM/**/file/* */ -- x\n('/etc/passwd')",
  "SELECT * FROM file\u00a0('/etc/passwd')",
  "SELECT * FROM url('http://127.0.0.1:1/')",
  "SELECT * FROM remote('127.0.0.2', system.one)",
  "SELECT * FROM executable('x', 'TSV', 's String')",
  "SELECT file('/etc/passwd')",
  "INSERT INTO FUNCTION file('/tmp/slc-never.csv', 'CSV', 'n UInt8') SELECT 1",
  "CREATE TEMPORARY TABLE f (s String) ENGINE = File(TSV, '/etc/passwd')",
  "CREATE TEMPORARY TABLE g AS file('/etc/passwd')",
  "SELECT eval('SELECT 1')",
];

test.each(reads)('every user may: %s', async (statement) => {
  for (const user of ['slc_reader', 'slc_labeler', 'slc_deleter'] as const)
    expect(await code(user, statement)).toBe('done');
});

test.each(changes)('a reader may not: %s', async (statement) => {
  expect(await code('slc_reader', statement)).toBe(refused);
  expect((await server.ask('SELECT count() FROM c.t')).text).toBe('2\n');
});

test.each(outside)('nobody may reach outside the tables: %s', async (statement) => {
  for (const user of ['slc_reader', 'slc_labeler', 'slc_deleter', 'admin'] as const)
    expect(await code(user, statement)).toBe(refused);
});

test.each([
  "CREATE TABLE c.f (s String) ENGINE = File(TSV, '/etc/passwd')",
  "CREATE TABLE c.f (s String) ENGINE = URL('http://127.0.0.1:1/', TSV)",
  "CREATE TABLE c.f (s String) ENGINE = MySQL('127.0.0.1:1', 'd', 't', 'u', 'p')",
  "CREATE TABLE c.f (s String) ENGINE = Executable('cat', TSV)",
  "CREATE DATABASE f ENGINE = Filesystem('/etc')",
  "CREATE DATABASE f ENGINE = SQLite('/tmp/slc-never.db')",
  "CREATE DICTIONARY c.f (k UInt64) PRIMARY KEY k SOURCE(FILE(path '/etc/passwd' format 'TSV')) LAYOUT(FLAT()) LIFETIME(0)",
  'CREATE NAMED COLLECTION f AS a = 1',
  "CREATE FUNCTION f AS x -> file('/etc/passwd')",
  "CREATE TABLE c.f (s String DEFAULT file('/etc/passwd')) ENGINE = Memory",
  "SELECT * FROM cluster('slc', file('/etc/passwd'))",
  "SELECT * FROM `f\\x69le`('/etc/passwd')",
  "SELECT * FROM format(Values, 's String', $$(file('/etc/passwd'))$$)",
  "BACKUP TABLE c.t TO S3('http://127.0.0.1:1/b')",
])('an admin may not reach outside the data folder: %s', async (statement) => {
  expect(await code('admin', statement)).toBe(refused);
});

test('a backup stays below the data folder', async () => {
  expect(await code('admin', "BACKUP TABLE c.t TO File('mine')")).toBe('done');
  for (const path of [`${server.dataDir}-not/x`, '../../x'])
    expect(await code('admin', `BACKUP TABLE c.t TO File('${path}')`)).toBe('400 36');
  expect(await code('admin', "BACKUP TABLE c.t TO Disk('default', 'x')")).toBe(refused);
});

test.each([
  ['dialect', 'prql'],
  ['additional_result_filter', "length(file('/etc/passwd')) > 0"],
  ['format_template_row', '/etc/passwd'],
  ['output_format_schema', '/tmp/slc-never'],
])('the setting %s, which reaches a file or holds SQL, is fixed', async (name, value) => {
  for (const user of ['slc_reader', 'admin'] as const) {
    const answer = await server.ask('SELECT 1', { user, query: { [name]: value } });
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('452');
  }
});

test('values are expressions, but none that read a file, wherever a chunk ends', async () => {
  const rows = "('file(1)', 1), ('it\\'s', toUInt64('2')), (/* file('x') */ 'x', 3)";
  expect(await code('admin', 'CREATE TABLE c.v (s String, n UInt64) ENGINE = Memory')).toBe('done');
  expect(await code('slc_labeler', `INSERT INTO c.v VALUES ${rows}`)).toBe('done');
  const long = `('${'x'.repeat(200_000)}', 4), `;
  for (const head of ['INSERT INTO c.v VALUES ', 'INSERT INTO c.v FORMAT Values ', 'INSERT INTO c.v (s, n) VALUES ']) {
    for (const call of ["file('/etc/passwd')", "`file` /* x */ ('/etc/passwd')", "`f\\x69le`('/etc/passwd')"])
      expect(await code('slc_labeler', `${head}${long}(${call}, 5)`)).toBe(refused);
  }
  expect((await server.ask('SELECT countIf(n < 4), countIf(n = 5) FROM c.v')).text).toBe('3\t0\n');
});

test('web pages are not answered, by whichever name they found this machine', async () => {
  const { port } = new URL(server.url());
  const ask = (headers: Record<string, string>, path = '/?query=SELECT%201') =>
    new Promise<number | undefined>((resolve, reject) => {
      const auth = { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': passwords.admin };
      const asked = request({ port, host: '127.0.0.1', path, headers: { ...auth, ...headers } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject);
      asked.end();
    });
  expect(await ask({})).toBe(200);
  expect(await ask({ host: `localhost:${port}` })).toBe(200);
  expect(await ask({ 'sec-fetch-site': 'none' })).toBe(200);
  const refused: Record<string, string>[] = [
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${port}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { host: `rebound.example:${port}` },
    { host: `127.0.0.1.nip.io:${port}` },
  ];
  for (const headers of refused) {
    expect(await ask(headers)).toBe(403);
    expect(await ask(headers, '/ping')).toBe(403);
  }
});

test('paths are no tables, not even in the default database', async () => {
  for (const name of ["'/etc/passwd'", '`/etc/passwd`', 'default.`/etc/passwd`']) {
    expect(await code('slc_reader', `SELECT * FROM ${name}`)).toBe('404 60');
  }
});

test('a reader may SET all but its own lock, and has temporary tables of its session', async () => {
  expect(await code('slc_reader', 'SELECT 1 SETTINGS max_threads = 1')).toBe('done');
  expect(await code('slc_reader', 'SET readonly = 0', 's')).toBe('500 164');
  expect(await code('slc_reader', 'SELECT 1 SETTINGS readonly = 0')).toBe('500 164');
  expect(await code('slc_reader', 'CREATE TEMPORARY TABLE x (k UInt64) ENGINE = Memory', 's')).toBe('done');
  expect(await code('slc_reader', 'INSERT INTO x SELECT cityHash64(id) FROM c.t_d', 's')).toBe('done');
  expect(await code('slc_reader', 'INSERT INTO x VALUES (1)', 's')).toBe('done');
  expect(await code('slc_reader', "INSERT INTO c.t VALUES ('x', 1)", 's')).toBe(refused);
  expect(await code('slc_reader', 'DROP TABLE c.t', 's')).toBe(refused);
  expect((await server.ask('SELECT count() FROM x', { user: 'slc_reader', query: { session_id: 's' } })).text).toBe(
    '3\n',
  );
});

test('a labeler may insert, and nothing else that changes', async () => {
  for (const statement of changes) {
    const inserts = /INSERT/.test(statement);
    expect([statement, await code('slc_labeler', statement)]).toEqual([statement, inserts ? 'done' : refused]);
  }
  await server.ask("ALTER TABLE c.t DELETE WHERE id = 'x'", { query: { mutations_sync: '2' } });
});

test('a statement cannot hide in what a request says beside its own', async () => {
  const hidden = 'TSV; DROP TABLE c.t';
  const asks: Record<string, string>[] = [
    { default_format: hidden },
    { database: 'c`; DROP TABLE c.t' },
    { max_threads: "1'; DROP TABLE c.t; SELECT '" },
    { "max_threads = '1'; DROP TABLE c.t; SET x": '1' },
    { "param_a = '1'; DROP TABLE c.t; SET x": '1' },
    { param_a: "1'; DROP TABLE c.t; SELECT '" },
    { 'param_a */; DROP TABLE c.t; /*': '1' },
    { query_id: "1'; DROP TABLE c.t; SELECT '" },
    { session_id: "1'; DROP TABLE c.t; SELECT '" },
  ];
  for (const query of asks) await server.ask('SELECT number FROM numbers(2)', { user: 'slc_labeler', query });
  const init = { headers: { 'X-ClickHouse-Format': hidden } };
  const answer = await server.ask('SELECT number FROM numbers(2)', { user: 'slc_labeler', init });
  expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([404, '73']);
  expect((await server.ask('EXISTS TABLE c.t')).text).toBe('1\n');
});

test('a deleter may delete rows, and touch tables and partitions of backups only', async () => {
  for (const statement of [
    'CREATE TABLE IF NOT EXISTS c.t_slc_backup AS c.t',
    'INSERT INTO c.t_slc_backup SELECT * FROM c.t',
    'ALTER TABLE c.t_slc_backup DROP PARTITION 1',
    "ALTER TABLE c.t DELETE WHERE id = 'never' AND 'slc:r/d/1' != '' SETTINGS mutations_sync = 0, max_threads = 1",
    "KILL MUTATION WHERE database = 'c' AND table = 't' AND mutation_id = 'none'",
  ]) {
    expect([statement, await code('slc_deleter', statement)]).toEqual([statement, 'done']);
  }
  for (const statement of [
    'ALTER TABLE c.t DROP PARTITION 1',
    'ALTER TABLE c.t DELETE WHERE 1, DROP COLUMN n',
    'ALTER TABLE c.t DELETE WHERE 1, (DROP COLUMN n)',
    'ALTER TABLE c.t UPDATE n = 1 WHERE 1',
    'ALTER TABLE c.t_slc_backup DROP COLUMN n',
    'CREATE TABLE c.u AS c.t',
    'CREATE TABLE c.u_slc_backup_2 AS c.t',
    'CREATE OR REPLACE TABLE c.t_slc_backup AS c.t',
    'DROP TABLE c.t_slc_backup',
    'TRUNCATE TABLE c.t',
    'KILL QUERY WHERE 1',
  ]) {
    expect([statement, await code('slc_deleter', statement)]).toEqual([statement, refused]);
  }
});
