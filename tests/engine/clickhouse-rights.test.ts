import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnClickHouse, ownClickHouse } from './clickhouse-helper';

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

const code = async (user: 'slc_reader' | 'slc_labeler' | 'slc_deleter', statement: string, session = '') => {
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

test.each(outside)('nobody but an admin may reach outside the tables: %s', async (statement) => {
  for (const user of ['slc_reader', 'slc_labeler', 'slc_deleter'] as const)
    expect(await code(user, statement)).toBe(refused);
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
