import { expect, it } from 'vitest';
import { dueOf } from '@/lib/orders/nights/due';

const window = { from: '01:00', to: '05:00', timeZone: 'UTC' };
const order = {
  status: 'active' as const,
  terms: { window, untilDay: '2026-02-12' },
  activeAtMs: Date.parse('2026-02-10T00:00:00Z'),
  replaces: null,
  nights: [],
};
type Order = Parameters<typeof dueOf>[0];
const due = (now: string, change: Partial<Order> = {}) => {
  const { begin, waits, missed, over } = dueOf({ ...order, ...change }, Date.parse(now));
  return { begin: begin?.night ?? null, waits: waits?.night ?? null, missed: missed.map(({ night }) => night), over };
};
const nothing = { begin: null, waits: null, missed: [], over: false };

it('a night is begun in its window, once', () => {
  expect(due('2026-02-10T00:59:59Z')).toEqual(nothing);
  expect(due('2026-02-10T01:00:00Z')).toEqual({ ...nothing, begin: '2026-02-10' });
  expect(due('2026-02-10T04:59:59Z')).toEqual({ ...nothing, begin: '2026-02-10' });
  for (const status of ['under way', 'over', 'missed'] as const)
    expect(due('2026-02-10T04:59:59Z', { nights: [{ night: '2026-02-10', status }] })).toEqual(nothing);
});

it('a night that nobody began is missed, and is not made up for', () => {
  expect(due('2026-02-10T05:00:00Z')).toEqual({ ...nothing, missed: ['2026-02-10'] });
  expect(due('2026-02-11T12:00:00Z', { nights: [{ night: '2026-02-10', status: 'missed' }] })).toEqual({
    ...nothing,
    missed: ['2026-02-11'],
  });
});

it('nights before its approval are not missed', () => {
  expect(due('2026-02-11T00:00:00Z', { activeAtMs: Date.parse('2026-02-10T05:00:00Z') })).toEqual(nothing);
});

it('an order that is approved within its window begins at once, unless it replaces another', () => {
  const activeAtMs = Date.parse('2026-02-10T02:00:00Z');
  expect(due('2026-02-10T02:00:01Z', { activeAtMs })).toEqual({ ...nothing, begin: '2026-02-10' });
  expect(due('2026-02-10T02:00:01Z', { activeAtMs, replaces: 'another' })).toEqual(nothing);
  expect(due('2026-02-10T12:00:00Z', { activeAtMs, replaces: 'another' })).toEqual(nothing);
  expect(due('2026-02-11T02:00:00Z', { activeAtMs, replaces: 'another' })).toEqual({ ...nothing, begin: '2026-02-11' });
});

it('a night waits for the campaign of an earlier one, and is missed when that takes too long', () => {
  const earlier = { night: '2026-02-10', status: 'under way' as const };
  expect(due('2026-02-11T02:00:00Z', { nights: [earlier] })).toEqual({ ...nothing, waits: '2026-02-11' });
  const waiting = [earlier, { night: '2026-02-11', status: 'waiting' as const }];
  expect(due('2026-02-11T02:00:00Z', { nights: waiting })).toEqual({ ...nothing, waits: '2026-02-11' });
  expect(due('2026-02-11T05:00:00Z', { nights: waiting })).toEqual({ ...nothing, missed: ['2026-02-11'] });
  const done = [
    { ...earlier, status: 'over' as const },
    { night: '2026-02-11', status: 'waiting' as const },
  ];
  expect(due('2026-02-11T04:00:00Z', { nights: done })).toEqual({ ...nothing, begin: '2026-02-11' });
});

it('the night that begins on its last day is the last', () => {
  const nights = ['2026-02-10', '2026-02-11'].map((night) => ({ night, status: 'over' as const }));
  expect(due('2026-02-12T04:00:00Z', { nights })).toEqual({ ...nothing, begin: '2026-02-12' });
  expect(due('2026-02-12T05:00:00Z', { nights })).toEqual({ ...nothing, missed: ['2026-02-12'], over: true });
  expect(due('2026-02-13T02:00:00Z', { nights })).toEqual({ ...nothing, missed: ['2026-02-12'], over: true });
});

it('an order whose last night goes on over midnight is over after it, not before', () => {
  const terms = { window: { from: '22:00', to: '06:00', timeZone: 'UTC' }, untilDay: '2026-02-12' };
  expect(due('2026-02-13T05:00:00Z', { terms, activeAtMs: Date.parse('2026-02-12T12:00:00Z') })).toEqual({
    ...nothing,
    begin: '2026-02-12',
  });
  expect(due('2026-02-13T06:00:00Z', { terms, activeAtMs: Date.parse('2026-02-13T05:59:00Z') }).over).toBe(true);
});

it('an order that is not active does nothing, in its window and past its end', () => {
  for (const status of ['counting', 'proposed', 'stopped', 'ended'] as const)
    for (const now of ['2026-02-10T02:00:00Z', '2026-02-20T02:00:00Z']) expect(due(now, { status })).toEqual(nothing);
});
