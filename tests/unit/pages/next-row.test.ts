import { expect, it } from 'vitest';
import { besideRow } from '@/components/shell/next-row';

it('the keys go on beside the row that was left, although it was scrolled away', () => {
  const drawn = [40, 41, 42, 43];
  expect(besideRow(drawn, 41, 1)).toBe(2);
  expect(besideRow(drawn, 41, -1)).toBe(0);
  expect(besideRow(drawn, 7, 1), 'scrolled down').toBe(0);
  expect(besideRow(drawn, 90, -1), 'scrolled up').toBe(3);
  expect(besideRow(drawn, 90, 1)).toBeNull();
  expect(besideRow([null, null], 3, 1), 'of another table').toBeNull();
});
