import { expect, it } from 'vitest';
import { sortingOf, sortRows } from '@/components/ui/sort-rows';

const rows = [
  { id: 'a', stale: 2 },
  { id: 'b', stale: 10 },
  { id: 'c', stale: 2 },
];
const sorted = (descending: boolean) => sortRows(rows, ({ stale }) => stale, descending).map(({ id }) => id);

it('rows are sorted as numbers, and equal ones keep their order in both directions', () => {
  expect(sorted(false)).toEqual(['a', 'c', 'b']);
  expect(sorted(true)).toEqual(['b', 'a', 'c']);
});

it('an address sorts by a column, largest first with a minus', () => {
  expect(sortingOf('-stale')).toEqual({ id: 'stale', descending: true });
  expect(sortingOf('stale')).toEqual({ id: 'stale', descending: false });
  expect(sortingOf('')).toBeNull();
});
