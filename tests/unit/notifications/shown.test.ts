import { beforeEach, expect, it, vi } from 'vitest';
import { takeNew } from '@/components/notifications/shown';

let stored: Map<string, string>;
beforeEach(() => {
  stored = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
});

const news = (id: string, resolution: string | null = null) => ({ id, title: id, line: '', path: '/', resolution });
const ids = (found: { id: string }[]) => found.map(({ id }) => id);

it('what is there when a browser first asks is not shown, and what is new is shown once in all tabs', () => {
  expect(takeNew([news('old')])).toEqual([]);
  expect(ids(takeNew([news('new'), news('old')]))).toEqual(['new']);
  expect(takeNew([news('new'), news('old')])).toEqual([]);
});

it('the end of a case is shown once, and only where its beginning was', () => {
  takeNew([]);
  expect(takeNew([news('short', 'over')])).toEqual([]);
  takeNew([news('long')]);
  expect(ids(takeNew([news('long', 'over'), news('short', 'over')]))).toEqual(['long']);
  expect(takeNew([news('long', 'over')])).toEqual([]);
});

it('it asks nothing twice where there is no storage', () => {
  vi.stubGlobal('localStorage', undefined);
  expect(takeNew([news('any')])).toEqual([]);
});
