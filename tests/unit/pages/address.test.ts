import { expect, it } from 'vitest';
import { queryOf } from '@/components/ui/address-changes';
import {
  parseAsArrayOf,
  parseAsBoolean,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
} from '@/components/ui/address-parsers';

it('what an address cannot mean is as if it were not there', () => {
  expect(parseAsInteger.parse('x')).toBeNull();
  expect(parseAsStringLiteral(['a', 'b']).parse('c')).toBeNull();
  expect(parseAsBoolean.parse('yes')).toBe(false);
});

it('a list comes back as it was written, also with commas', () => {
  const list = parseAsArrayOf(parseAsString);
  for (const values of [[], ['a'], ['a,b', 'c'], ['100 %', '']]) {
    const text = list.serialize(values);
    expect(list.parse(text)).toEqual(values);
  }
});

it('an address stays readable', () => {
  expect(queryOf(new URLSearchParams({ flags: 'orphan,missing', at: '10:30', q: 'a&b' }))).toBe(
    'flags=orphan,missing&at=10:30&q=a%26b',
  );
});
