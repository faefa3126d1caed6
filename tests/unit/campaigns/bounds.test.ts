import fc from 'fast-check';
import { expect, it } from 'vitest';
import { boundsOf } from '@/lib/campaigns/state/bounds';

const rows = (rowsToDelete: number, customerId = `c${rowsToDelete}`) => ({ customerId, rowsToDelete });

it('a customer above the limit of a customer is left out, and says both numbers', () => {
  const limits = { rowsOfCustomer: 1_000, rowsInAll: 10_000 };
  const bounds = boundsOf([rows(1_204), rows(17)], { growthPercent: 20, limits });
  expect(bounds.get('c17')).toEqual({ rowsMost: 21, leftOut: null });
  expect(bounds.get('c1204')).toEqual({
    rowsMost: null,
    leftOut: '1,204 label rows would be deleted; the limit of a customer is 1,000.',
  });
});

it('customers with few rows come first, and growth never passes what is left in all', () => {
  const limits = { rowsOfCustomer: 1_000, rowsInAll: 150 };
  const bounds = boundsOf([rows(60), rows(90), rows(50)], { growthPercent: 100, limits });
  expect([...bounds].map(([id, { rowsMost }]) => [id, rowsMost])).toEqual([
    ['c50', 100],
    ['c60', null],
    ['c90', null],
  ]);
});

it('without limits every customer may grow by the percentage', () => {
  expect(boundsOf([rows(10)], { growthPercent: 20 }).get('c10')).toEqual({ rowsMost: 12, leftOut: null });
});

it('whatever is planned, the bounds together never pass the limit in all, nor one of them that of a customer', () => {
  const limits = fc.record({
    rowsOfCustomer: fc.integer({ min: 1, max: 2_000 }),
    rowsInAll: fc.integer({ min: 1, max: 5_000 }),
  });
  const planned = fc.uniqueArray(fc.record({ customerId: fc.string(), rowsToDelete: fc.nat(3_000) }), {
    selector: ({ customerId }) => customerId,
  });
  fc.assert(
    fc.property(planned, limits, fc.nat(100), (customers, given, growthPercent) => {
      const bounds = boundsOf(customers, { growthPercent, limits: given });
      expect(bounds.size).toBe(customers.length);
      const sum = [...bounds.values()].reduce((all, { rowsMost }) => all + (rowsMost ?? 0), 0);
      expect(sum).toBeLessThanOrEqual(given.rowsInAll);
      for (const { customerId, rowsToDelete } of customers) {
        const most = bounds.get(customerId)?.rowsMost ?? null;
        if (most === null) continue;
        expect(most).toBeGreaterThanOrEqual(rowsToDelete);
        expect(most).toBeLessThanOrEqual(given.rowsOfCustomer);
      }
    }),
  );
});
