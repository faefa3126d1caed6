import { expect, it } from 'vitest';
import { approvedOrderHash, outOfOrder } from '@/lib/backfill/plan/approved-order';
import type { Plan } from '@/lib/backfill/state/plan-model';

const plan = { customerId: 'acme', strategy: 'no-gap', rowsToDelete: 17 } as Plan;
const order = { terms: { filter: { by: 'name', customerIds: ['acme'] }, rowsOfCustomer: 20, rowsOfNight: 50 } };

it('a run within its order is covered, and one that leaves it says how', () => {
  expect(outOfOrder(order, plan, 50)).toEqual([]);
  expect(outOfOrder(order, { ...plan, strategy: 'relabel-only' }, 17)).toEqual([]);
  expect(outOfOrder(order, { ...plan, customerId: 'globex' }, 17)).toEqual(['globex is not one of its customers.']);
  expect(outOfOrder(order, { ...plan, strategy: 'replace' }, 17)).toHaveLength(1);
  expect(outOfOrder(order, { ...plan, rowsToDelete: 21 }, 21)[0]).toContain('the limit of a customer is 20');
  expect(outOfOrder(order, plan, 51)[0]).toContain('the limit is 50');
});

it('the hash of an order does not depend on the order of keys, and on everything else', () => {
  expect(approvedOrderHash({ a: 1, b: { c: 2, d: [1, 2] } })).toBe(approvedOrderHash({ b: { d: [1, 2], c: 2 }, a: 1 }));
  expect(approvedOrderHash({ a: 1, b: { d: [2, 1] } })).not.toBe(approvedOrderHash({ a: 1, b: { d: [1, 2] } }));
});
