import { afterEach, expect, it, vi } from 'vitest';
import { queryOf, write } from '@/components/ui/address-changes';
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

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('what is typed is written with the pause of its own, also beside what has none', () => {
  vi.useFakeTimers();
  const pushState = vi.fn();
  const location = { pathname: '/customers/acme/days/2026-02-10', search: '', hash: '' };
  vi.stubGlobal('window', { location, history: { pushState, replaceState: vi.fn() } });
  for (const typed of ['a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'abcdefg']) {
    write('q', typed, { push: true, throttleMs: 300 });
    write('page', null, { push: true, throttleMs: 0 });
    vi.advanceTimersByTime(60);
  }
  vi.advanceTimersByTime(300);
  expect(pushState.mock.calls.length).toBeLessThanOrEqual(3);
  expect(pushState.mock.lastCall?.[2]).toBe('/customers/acme/days/2026-02-10?q=abcdefg');
});
