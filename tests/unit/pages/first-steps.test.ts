import { expect, it } from 'vitest';
import { needsFirstSteps } from '@/components/customers/customer-state';
import { summariesOf } from '@/lib/detection/view/summary-model';

const listOf = (...customers: { customerId: string; countedAtMs?: number }[]) =>
  summariesOf({
    isPart: false,
    customers: customers.map((one) => ({ displayName: one.customerId, ...one })),
    gone: [],
  });

it('the first steps lead from an empty registry until the first customer is counted', () => {
  expect(needsFirstSteps(listOf())).toBe(true);
  expect(needsFirstSteps(listOf({ customerId: 'acme' }))).toBe(true);
  expect(needsFirstSteps(listOf({ customerId: 'acme', countedAtMs: 1 }))).toBe(false);
  expect(needsFirstSteps(listOf({ customerId: 'acme' }, { customerId: 'globex' }))).toBe(false);
});
