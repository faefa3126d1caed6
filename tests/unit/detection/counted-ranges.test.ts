import { expect, it } from 'vitest';
import {
  type CustomerList,
  type CustomerSummary,
  countedRanges,
  mergeLists,
  sentSummary,
} from '@/lib/detection/view/summary-model';

const one = (customerId: string, countedAtMs: number | null) =>
  ({ customerId, displayName: customerId, countedAtMs }) as CustomerSummary;
const list = (all: CustomerSummary[]): CustomerList => ({ isPart: false, customers: all.map(sentSummary), gone: [] });

it('customers that were looked at again are sent as few ranges, and all others keep their instant', () => {
  const before = ['a', 'B', 'b-1', 'c', 'd', 'e', 'é', 'new'].map((id) => one(id, id === 'd' ? null : 1));
  const moved = new Set(['a', 'B', 'b-1', 'e']);
  const after = before.map((each) => (moved.has(each.customerId) ? { ...each, countedAtMs: 2 } : each));
  const counted = countedRanges(after.toReversed(), moved);
  expect(counted).toEqual([
    ['B', 'b-1', 2],
    ['e', 'e', 2],
  ]);
  const merged = mergeLists(list(before), { isPart: true, customers: [], gone: [], counted });
  expect(merged.customers.map(({ customerId, countedAtMs }) => [customerId, countedAtMs ?? null])).toEqual(
    after.map(({ customerId, countedAtMs }) => [customerId, countedAtMs]),
  );
});
