import { expect, test } from 'vitest';
import { applyEdits } from '@/lib/embedded/clickhouse/sql/edit';
import { tokens } from '@/lib/embedded/clickhouse/sql/lexer';
import { literal } from '@/lib/embedded/clickhouse/sql/quote';
import { checkRights } from '@/lib/embedded/clickhouse/sql/rights';
import { MultipleStatements, readStatement } from '@/lib/embedded/clickhouse/sql/statement';

const texts = (sql: string) => [...tokens(Buffer.from(sql).toString('latin1'))].map((token) => token.text);

test.each([
  ["SELECT 'it''s' -- x\n, `a``b`", ['SELECT', "it''s", ',', 'a``b']],
  ['SELECT /* a /* b */ c */ 1 // d\n# e\n;', ['SELECT', '1', ';']],
  ["SELECT 'a\\'b', $t$ x ' $t$, $x", ['SELECT', "a\\'b", ',', " x ' ", ',', '$x']],
  ['SELECT\u00a0file\u00a0(1)', ['SELECT', 'file', '(', '1', ')']],
  ["SELECT 'never closed", ['SELECT', 'never closed']],
  ['SELECT /* never /* closed */', ['SELECT']],
])('%s is read as the engine reads it', (sql, expected) => {
  expect(texts(sql)).toEqual(expected);
});

test.each([
  ['SELECT 1 FORMAT JSON', 'SELECT', 'JSON', ' FORMAT JSON'],
  ['select 1 format JSON settings max_threads = 1', 'SELECT', 'JSON', ' format JSON settings max_threads = 1'],
  ['SELECT format FROM t', 'SELECT', null, ''],
  ['WITH x AS (SELECT 1) SELECT * FROM x -- end', 'SELECT', null, ' -- end'],
  ['((SELECT 1))', 'SELECT', null, ''],
  ['SHOW TABLES;', 'SHOW', null, ';'],
])('%s: the pipe goes before its format', (sql, verb, format, rest) => {
  const statement = readStatement(sql);
  expect([statement.verb, statement.format, sql.slice(statement.pipeAt).trim()]).toEqual([verb, format, rest.trim()]);
});

test.each([
  ['INSERT INTO t VALUES (1)', 'values', 'Values', ' (1)'],
  ['INSERT INTO d.t (a, b) FORMAT CSV\n1,2', 'format', 'CSV', '\n1,2'],
  ['INSERT INTO t SETTINGS a = 1 FORMAT TSV\n1', 'format', 'TSV', '\n1'],
  ["INSERT INTO t SELECT x FROM input('x Int8') FORMAT TSV\n1", 'input', 'TSV', '\n1'],
  ['INSERT INTO t SELECT 1', 'none', null, ''],
  ['WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x', 'none', null, ''],
  ["INSERT INTO values VALUES ('; DROP')", 'values', 'Values', " ('; DROP')"],
  ['INSERT INTO TABLE FUNCTION null(1) VALUES (1)', 'values', 'Values', ' (1)'],
])('%s: its rows begin behind the statement', (sql, rows, format, data) => {
  const statement = readStatement(sql);
  expect([statement.verb, statement.rows, statement.format, sql.slice(statement.end)]).toEqual([
    'INSERT',
    rows,
    format,
    data,
  ]);
});

test.each([
  ['SELECT 1 + 1 AS x FORMAT JSON', 'one'],
  ['SELECT sleep(3) SETTINGS max_threads = 2', 'one'],
  ["SELECT getSetting('max_threads')", 'few'],
  ['SELECT (SELECT count() FROM t)', 'few'],
  ['SELECT 1 IN t', 'few'],
  ['WITH x AS (SELECT * FROM t) SELECT 1', 'few'],
  ['SELECT * FROM t LIMIT 10', 'few'],
  ['SELECT * FROM t LIMIT 10 OFFSET 20 FORMAT CSV', 'few'],
  ['SELECT * FROM t LIMIT 1000000, 10 SETTINGS max_threads = 1', 'few'],
  ['SHOW TABLES', 'few'],
  ['SELECT * FROM t', 'any'],
  ['SELECT * FROM t LIMIT 1001', 'any'],
  ['SELECT * FROM t LIMIT 1 BY n', 'any'],
  ['SELECT * FROM t ORDER BY n LIMIT 1 WITH TIES', 'any'],
  ['SELECT * FROM t LIMIT 0.5', 'any'],
  ['SELECT * FROM t LIMIT -1', 'any'],
  ['SELECT * FROM (SELECT * FROM t LIMIT 10)', 'any'],
  ['SELECT * FROM t UNION ALL SELECT 1 LIMIT 1', 'any'],
  ['(SELECT * FROM t) LIMIT 1', 'any'],
  ['SELECT arrayJoin(range(1000000000))', 'any'],
  ['SELECT x ARRAY JOIN range(10) AS x', 'any'],
  ['FROM t SELECT * LIMIT 1', 'any'],
])('%s gives rows: %s', (sql, size) => {
  expect(readStatement(sql).size).toBe(size);
});

test('a second statement is refused, a semicolon at the end is not', () => {
  expect(() => readStatement('SELECT 1; SELECT 2')).toThrow(MultipleStatements);
  expect(readStatement("SELECT ';' ; -- done\n").verb).toBe('SELECT');
});

test('the parts of an ALTER are all seen, its settings are none', () => {
  const { parts } = readStatement('ALTER TABLE t DELETE WHERE f(a, b), DROP COLUMN c SETTINGS x = 1, y = 2');
  expect(parts.slice(1)).toEqual([['DROP', 'COLUMN']]);
  const deleter = { name: 'slc_deleter', role: 'deleter' } as const;
  const check = (sql: string) => () => checkRights(readStatement(sql), deleter, false, new Set(['file']));
  expect(check('ALTER TABLE t DELETE WHERE a IN (1, 2) SETTINGS x = 1, y = 2')).not.toThrow();
  expect(check('ALTER TABLE t DELETE WHERE 1, DROP COLUMN c')).toThrow(/ACCESS_DENIED/);
  expect(check('ALTER TABLE t DELETE WHERE n IN (SELECT * FROM file(1))')).toThrow(/READ ON FILE/);
});

test('edits keep the bytes around them, and literals their text', () => {
  expect(applyEdits(Buffer.from('é-b-c'), [{ start: 2, end: 3, text: '+' }]).toString()).toBe('é+b-c');
  expect(literal("it's \\ \0")).toBe("'it\\'s \\\\ \\0'");
});
