import { expect, it } from 'vitest';
import { columnThatChanges, readClusterOf } from '@/lib/detection/changes/columns-model';

const facts = {
  columns: {
    conversation_id: 'String',
    conversation_end_time: 'DateTime',
    agent_user_id: 'String',
    written: 'DateTime',
  },
  versionColumn: 'written',
  key: ['conversation_id', 'toStartOfHour(conversation_end_time)'],
};

it.each([
  ['written', 'DEFAULT', null],
  ['conversation_end_time', 'DEFAULT', null],
  ['some_other', 'DEFAULT', null],
  ['some_other', 'MATERIALIZED', null],
  ['agent_user_id', 'DEFAULT', 'agent_user_id'],
  ['agent_user_id', 'MATERIALIZED', 'agent_user_id'],
  ['some_other', 'ALIAS', 'some_other'],
])('%s as %s now() is no ground for changes: %s', (name, kind, found) => {
  expect(columnThatChanges([{ name, kind, expression: 'now()' }], facts)).toBe(found);
  expect(columnThatChanges([{ name, kind, expression: "'now()'" }], facts)).toBe(null);
});

it.each([
  ["CREATE TABLE d.t (a String) ENGINE = Distributed('prod', 'd', 't', rand())", 'prod'],
  ["CREATE TABLE d.t (a String) ENGINE = Distributed('{cluster}', 'd', 't')", '{cluster}'],
  ['CREATE TABLE d.t (a String) ENGINE = Distributed(prod, d, t)', 'prod'],
  ['CREATE TABLE d.t (a String) ENGINE = ReplacingMergeTree(a) ORDER BY a', ''],
])('%s is on the cluster "%s"', (create, cluster) => {
  expect(readClusterOf(create)).toBe(cluster);
});
