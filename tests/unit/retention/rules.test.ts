import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfig } from '@/lib/config';
import { keepMsOf } from '@/lib/retention/keep';
import { keptTables } from '@/lib/retention/sql/kept-tables';
import { retentionRules } from '@/lib/retention/sql/rules';

const folder = 'lib/postgres/migrations';
const migrations = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
const made = migrations.flatMap((text) =>
  [...text.matchAll(/^CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+)/gm)].map(([, table = '']) => table),
);
const gone = migrations.flatMap((text) =>
  [...text.matchAll(/^DROP TABLE (?:IF EXISTS )?(\w+)/gm)].map(([, table = '']) => table),
);

it('every table has a rule by which it ages out, or a reason why it has none', () => {
  const tables = ['schema_migrations', ...new Set(made.filter((table) => !gone.includes(table)))].sort();
  const known = [...new Set([...retentionRules.map(({ table }) => table), ...Object.keys(keptTables)])].sort();
  expect(known).toEqual(tables);
});

it('no rule touches the audit, or what the audit names', () => {
  const kept = new Set(Object.keys(keptTables));
  expect(retentionRules.filter(({ table }) => kept.has(table))).toEqual([]);
  expect(retentionRules.filter(({ table, old }) => /\baudit(_head)?\b/.test(`${table} ${old}`))).toEqual([]);
});

it('each rule has one name', () => {
  const names = retentionRules.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

it('history is never shorter than what is scanned, so that a day is not removed and found again', () => {
  const history = (env: Record<string, string>) =>
    keepMsOf(loadConfig({ NODE_ENV: 'test', SLC_DATA_DIR: '/nowhere', ...env }), { keep: 'history' }) / 86_400_000;
  expect(history({})).toBe(400);
  expect(history({ SLC_KEEP_HISTORY_DAYS: '30' })).toBe(37);
  expect(history({ SLC_KEEP_HISTORY_DAYS: '30', SLC_SCAN_DAYS: '366' })).toBe(368);
});
