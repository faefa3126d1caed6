import { expect, test } from 'vitest';

const migrations = import.meta.glob<string>('/lib/postgres/migrations/*.sql', {
  eager: true,
  query: '?raw',
  import: 'default',
});

/** What came after Postgres 13, with which the console has to work: lib/postgres/migrate.ts. */
const newer = /OR REPLACE TRIGGER|NULLS NOT DISTINCT|\bMERGE INTO\b|\bmultirange\b|security_invoker|\bCOMPRESSION\b/i;

test('migrations run on the oldest Postgres that is supported', () => {
  expect(Object.keys(migrations).length).toBeGreaterThan(30);
  expect(Object.keys(migrations).filter((path) => newer.test(migrations[path] ?? ''))).toEqual([]);
});
