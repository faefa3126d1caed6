import { describe, expect, it } from 'vitest';
import { type BoundedPlan, boundedHash, outOfBounds } from '@/lib/backfill/plan/bounded-plan';
import type { Plan } from '@/lib/backfill/state/plan-model';

const bound = {
  customerId: 'acme',
  wave: 0,
  fromDay: '2026-02-10',
  toDay: '2026-02-11',
  strategy: 'no-gap',
  labelsTable: 'acme.labels',
  labelKey: '(customer_id, agent)',
  jobTemplate: 'abc',
  planHash: 'hash',
  rowsToDelete: 17,
  rowsMost: 21,
};
const approved: BoundedPlan = {
  campaignId: 'campaign',
  request: { fromDay: '2026-02-10', waves: [5, 20] },
  customers: [bound, { ...bound, customerId: 'zeta' }],
};
const plan = { ...bound, hash: 'another hash' } as unknown as Plan;

describe('a fresh plan', () => {
  it('keeps to its bound with other label rows, up to the most that may be deleted', () => {
    expect(outOfBounds(bound, { ...plan, rowsToDelete: 21 })).toEqual([]);
    expect(outOfBounds(bound, { ...plan, rowsToDelete: 22 })).toEqual([
      '22 label rows would be deleted now; 17 were planned, and at most 21 may be.',
    ]);
  });

  it.each([
    ['strategy', 'replace', 'The strategy is now replace, not no-gap.'],
    ['labelsTable', 'acme.other', 'The labels are now in acme.other, not in acme.labels.'],
    ['labelKey', '(agent)', 'The label key is now (agent), not (customer_id, agent).'],
    ['jobTemplate', 'xyz', 'The template of the relabel Job changed, or could not be read one of the two times.'],
    ['toDay', '2026-02-12', 'The plan is of acme, 2026-02-10 to 2026-02-12, which was not planned.'],
    ['customerId', 'zeta', 'The plan is of zeta, 2026-02-10 to 2026-02-11, which was not planned.'],
  ])('with another %s leaves its bound and says what changed', (key, value, sentence) => {
    expect(outOfBounds(bound, { ...plan, [key]: value })).toEqual([sentence]);
  });
});

describe('the hash of what is approved', () => {
  it('does not depend on the order in which the database returns keys or customers', () => {
    const reordered = {
      customers: approved.customers.toReversed().map((one) => Object.fromEntries(Object.entries(one).reverse())),
      request: { waves: [5, 20], fromDay: '2026-02-10' },
      campaignId: 'campaign',
    } as unknown as BoundedPlan;
    expect(boundedHash(reordered)).toBe(boundedHash(approved));
  });

  it.each(Object.keys(bound).filter((key) => key !== 'customerId'))('is another one with another %s', (key) => {
    const customers = approved.customers.map((one, at) => (at === 1 ? { ...one, [key]: 99 } : one));
    expect(boundedHash({ ...approved, customers } as BoundedPlan)).not.toBe(boundedHash(approved));
  });

  it('is another one with another request, another campaign, or one customer more or less', () => {
    const others: BoundedPlan[] = [
      { ...approved, request: { fromDay: '2026-02-10', waves: [20, 5] } },
      { ...approved, campaignId: 'other' },
      { ...approved, customers: approved.customers.slice(1) },
      { ...approved, customers: [...approved.customers, { ...bound, customerId: 'more' }] },
    ];
    for (const other of others) expect(boundedHash(other)).not.toBe(boundedHash(approved));
  });
});
