import { expect, test } from 'vitest';
import { z } from 'zod';
import { pgStatement, valuesOf } from '@/lib/postgres/statement';

const row = z.unknown();
const id = z.string();

test('each name becomes one number, however often it occurs', () => {
  const params = z.object({ until: z.number(), id });
  const statement = pgStatement({ name: 't.t', text: 'a = :id AND b < :until OR c = :id', params, row });
  expect(statement.text).toBe('a = $1 AND b < $2 OR c = $1');
  expect(valuesOf(statement, { until: 5, id: 'x' })).toEqual(['x', 5]);
});

test.each([
  ['a cast', ':id::text', '$1::text'],
  ['a text', `':a', 'it''s :b', :id`, `':a', 'it''s :b', $1`],
  ['a quoted name', '":a" = :id', '":a" = $1'],
  ['a comment', '-- :a\n/* :b */ :id', '-- :a\n/* :b */ $1'],
  ['a dollar quote', 'DO $x$ :a $x$; :id', 'DO $x$ :a $x$; $1'],
])('a colon in %s is no parameter', (_, text, compiled) =>
  expect(pgStatement({ name: 't.t', text, params: z.object({ id }), row }).text).toBe(compiled),
);

test('a statement whose text and parameters disagree cannot be declared', () => {
  expect(() => pgStatement({ name: 't.t', text: 'SELECT :id', row })).toThrow('t.t: no schema declares :id');
  expect(() => pgStatement({ name: 't.t', text: 'SELECT 1', params: z.object({ id }), row })).toThrow(
    't.t: its text does not use :id',
  );
});

test('a value that does not fit is refused; one that is absent is NULL', () => {
  const statement = pgStatement({ name: 't.t', text: ':id', params: z.object({ id: id.optional() }), row });
  expect(() => valuesOf(statement, { id: 5 })).toThrow(z.ZodError);
  expect(valuesOf(statement, {})).toEqual([null]);
});
