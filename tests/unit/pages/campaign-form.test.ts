import { describe, expect, it } from 'vitest';
import { faultsOf } from '@/components/campaigns/new/check';
import { type CampaignParams, lastCounted, matchingOf, rangeOf, requestOf } from '@/components/campaigns/new/request';
import { filterName } from '@/components/campaigns/words';
import { flagBits, staleFlags } from '@/lib/detection/flags';
import type { AffectedCustomer } from '@/lib/detection/view/summary-model';

const params: CampaignParams = {
  by: 'all affected',
  customers: [],
  flags: [],
  from: null,
  to: null,
  strategy: null,
  units: 'joined',
  canary: null,
  waves: '5, 20',
  concurrency: 4,
  budget: 0,
  growth: 20,
  hours: false,
  begin: '22:00',
  end: '06:00',
  zone: 'UTC',
};
const day = (name: string, affected: number, flag: keyof typeof flagBits = 'wrongAgent') => ({
  day: name,
  affected,
  flags: flagBits[flag],
});
const customer = (customerId: string, days: AffectedCustomer['days']): AffectedCustomer => ({
  customerId,
  displayName: customerId,
  days,
  newestDay: '2026-02-12',
});
const customers = [
  customer('a', [day('2026-02-01', 3), day('2026-02-05', 4)]),
  customer('b', [day('2026-02-09', 2, 'duplicate')]),
  customer('clean', []),
];
const today = '2026-03-01';

describe('the form of a new campaign', () => {
  it('proposes the days from the first to the last affected one of the customers that match', () => {
    expect(rangeOf(customers, params, today)).toEqual({ fromDay: '2026-02-01', toDay: '2026-02-10' });
    const duplicates = { ...params, by: 'flag', flags: ['duplicate'] } satisfies CampaignParams;
    expect(rangeOf(customers, duplicates, today)).toEqual({ fromDay: '2026-02-09', toDay: '2026-02-10' });
    expect(rangeOf([], params, today)).toEqual({ fromDay: '2026-01-31', toDay: '2026-03-02' });
  });

  it('counts what matches only within the range', () => {
    const range = { fromDay: '2026-02-05', toDay: '2026-02-10' };
    const found = matchingOf(customers, params, range);
    expect(found.map(({ customerId }) => customerId)).toEqual(['a', 'b']);
    expect(lastCounted(found, range)).toEqual({ days: 2, conversations: 6 });
    expect(matchingOf(customers, { ...params, by: 'name', customers: ['clean'] }, range)).toHaveLength(1);
  });

  it('asks for what it shows, and for the defaults without a change', () => {
    const range = rangeOf(customers, params, today);
    const { request, faults } = requestOf(params, range, faultsOf);
    expect(faults).toEqual({});
    expect(request).toMatchObject({ filter: { by: 'all affected' }, ...range, waves: [5, 20], failureBudget: 0 });
    expect(requestOf({ ...params, hours: true }, range, faultsOf).request?.window).toEqual({
      from: '22:00',
      to: '06:00',
      timeZone: 'UTC',
    });
  });

  it.each([
    ['filter', { by: 'name' }],
    ['filter', { by: 'flag' }],
    ['waves', { waves: '5, x' }],
    ['waves', { waves: '' }],
    ['concurrency', { concurrency: 0 }],
    ['window', { hours: true, begin: '' }],
  ] as [string, Partial<CampaignParams>][])('names the field %s that is wrong in %o', (field, wrong) => {
    const { request, faults } = requestOf({ ...params, ...wrong }, rangeOf(customers, params, today), faultsOf);
    expect(request).toBeNull();
    expect(Object.keys(faults)).toContain(field);
  });

  it('refuses a last day before the first', () => {
    expect(requestOf(params, { fromDay: '2026-02-05', toDay: '2026-02-05' }, faultsOf).faults.range).toBeDefined();
  });
});

it('says whom a campaign repairs', () => {
  expect(filterName({ by: 'all affected' })).toBe('all affected customers');
  expect(filterName({ by: 'name', customerIds: ['a', 'b'] })).toBe('a, b');
  expect(filterName({ by: 'name', customerIds: ['a', 'b', 'c', 'd'] })).toBe('4 customers');
  expect(filterName({ by: 'flag', flags: staleFlags })).toBe('customers with stale labels');
  expect(filterName({ by: 'flag', flags: ['duplicate', 'orphan'] })).toBe('customers flagged duplicate, orphan');
});
