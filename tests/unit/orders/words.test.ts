import { expect, it } from 'vitest';
import { type CampaignCustomerStatus, campaignCustomerStatuses } from '@/lib/campaigns/state/campaign-model';
import type { OrderTerms } from '@/lib/orders/model';
import { nextOfOrder } from '@/lib/orders/next-of-order';
import { nightSentence, whyItStops } from '@/lib/orders/nights/night-words';
import { orderInWords } from '@/lib/orders/order-words-model';

const terms: OrderTerms = {
  filter: { by: 'all affected' },
  rowsOfNight: 50_000,
  rowsOfCustomer: 10_000,
  daysBack: 7,
  failureBudget: 0,
  window: { from: '01:00', to: '05:00', timeZone: 'Europe/Berlin' },
  untilDay: '2026-03-01',
};

it('an order is one sentence with its limits', () => {
  expect(orderInWords(terms)).toBe(
    'Every night between 01:00 and 05:00 (Europe/Berlin) up to that of 1 Mar 2026, it repairs the last 7 settled days of all customers with affected days without a gap, and deletes at most 10,000 label rows of a customer and 50,000 in a night.',
  );
});

const counts = (some: Partial<Record<CampaignCustomerStatus, number>>) =>
  Object.fromEntries(campaignCustomerStatuses.map((status) => [status, some[status] ?? 0])) as Record<
    CampaignCustomerStatus,
    number
  >;
const campaign = (some: Partial<Parameters<typeof whyItStops>[0]>) => ({
  status: 'ended' as const,
  outcome: 'all verified' as const,
  counts: counts({ verified: 3 }),
  rowsDeleted: 1_204,
  next: 'Wave 1 of 2.',
  events: [],
  ...some,
});

it('an order goes on after a night that was verified, or that it stopped itself', () => {
  expect(whyItStops(campaign({}), false)).toBeNull();
  expect(
    whyItStops(campaign({ outcome: 'some set aside', counts: counts({ verified: 2, 'set aside': 1 }) }), false),
  ).toBeNull();
  expect(whyItStops(campaign({ outcome: 'stopped' }), true)).toBeNull();
});

it('an order stops after a repair that is not verified, and after a campaign that stopped, with its reason', () => {
  expect(
    whyItStops(campaign({ status: 'running', outcome: null, counts: counts({ 'needs attention': 1 }) }), false),
  ).toBe('1 repair of its campaign was not verified and needs attention.');
  expect(whyItStops(campaign({ counts: counts({ 'needs attention': 2 }) }), true)).toMatch(/^2 repairs .* were not/);
  const events = [{ id: 1, atMs: 0, kind: 'stop', text: 'The failure budget is 0.', customerId: null }];
  expect(whyItStops(campaign({ outcome: 'stopped', events }), false)).toBe(
    'Its campaign was stopped. The failure budget is 0.',
  );
});

it('a night says what came of each customer, and names nothing that did not happen', () => {
  expect(nightSentence(campaign({}), 'over')).toBe('3 customers are verified, 1,204 label rows deleted.');
  const mixed = campaign({ counts: counts({ verified: 1, 'left out': 2, 'not begun': 4 }), rowsDeleted: 17 });
  expect(nightSentence(mixed, 'over')).toBe('1 customer is verified, 17 label rows deleted. 2 left out, 4 not begun.');
  expect(nightSentence(campaign({}), 'under way')).toBe('Wave 1 of 2.');
});

it('the page says that an order outside its window or past its end does nothing', () => {
  const facts = { terms, approval: 'other' as const, createdBy: 'olga', endReason: null, nights: [] };
  const next = (now: string, more: object = {}) =>
    nextOfOrder({ ...facts, status: 'active', ...more }, Date.parse(now));
  expect(next('2026-02-20T12:00:00Z')).toBe(
    'Its window is closed, so it does nothing. It begins again on 21 Feb 2026 at 01:00 (Europe/Berlin).',
  );
  expect(next('2026-02-20T01:00:00Z')).toBe('Its window is open: a worker makes tonight’s campaign.');
  const nights = [{ night: '2026-02-20', status: 'over' as const, sentence: 'Nothing to repair.' }];
  expect(next('2026-02-20T01:00:00Z', { nights })).toBe(
    'It is done for tonight. It begins again on 21 Feb 2026 at 01:00 (Europe/Berlin).',
  );
  expect(next('2026-03-01T05:00:00Z')).toBe('Its last night is over, so it does nothing more.');
  expect(next('2026-02-20T01:00:00Z', { status: 'ended', endReason: 'Its last night was that of 1 Feb 2026.' })).toBe(
    'It has ended and does nothing. Reason: Its last night was that of 1 Feb 2026.',
  );
});
