import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  afterFound,
  afterLook,
  afterScan,
  backOffMs,
  busyPauseMs,
  type CustomerState,
  decide,
  dueAtMs,
  isDue,
} from '@/lib/detection/schedule/model';

const minute = 60_000;
const everyMs = 15 * minute;
const state = (given: Partial<CustomerState>): CustomerState => ({
  customerId: 'acme',
  createdAtMs: 0,
  askedAtMs: null,
  lookedAtMs: null,
  looked: null,
  failures: 0,
  failure: null,
  notBeforeMs: null,
  claimedUntilMs: null,
  wanted: null,
  watchedTo: null,
  scanId: null,
  ...given,
});
const wanted = (sinceMs: number) => ({
  cause: 'schedule' as const,
  reason: 'tests',
  fromDay: '2026-02-01',
  toDay: '2026-02-08',
  sinceMs,
});
const ids = (states: CustomerState[]) => states.map((one) => one.customerId);

describe('who is looked at next', () => {
  const nowMs = 100 * minute;
  const room = { nowMs, everyMs, room: 2, looksMost: 10 };

  it('is whoever was not looked at for the longest, and a new customer before all', () => {
    const states = [
      state({ customerId: 'recent', askedAtMs: 1, lookedAtMs: nowMs - 16 * minute }),
      state({ customerId: 'new', createdAtMs: nowMs }),
      state({ customerId: 'long ago', askedAtMs: 1, lookedAtMs: nowMs - 60 * minute }),
      state({ customerId: 'not due', askedAtMs: 1, lookedAtMs: nowMs - 14 * minute }),
    ];
    expect(ids(decide(states, room).look)).toEqual(['new', 'long ago', 'recent']);
  });

  it('is nobody who is looked at already, waits for a scan, is scanned, or failed lately', () => {
    const due = { askedAtMs: 1, lookedAtMs: 0 };
    const states = [
      state({ customerId: 'claimed', ...due, claimedUntilMs: nowMs + 1 }),
      state({ customerId: 'wanted', ...due, wanted: wanted(1) }),
      state({ customerId: 'scanned', ...due, scanId: 'a scan' }),
      state({ customerId: 'failed', ...due, failures: 1, notBeforeMs: nowMs + 1 }),
      state({ customerId: 'left by a worker that died', ...due, claimedUntilMs: nowMs }),
    ];
    expect(ids(decide(states, room).look)).toEqual(['left by a worker that died']);
    expect(ids(decide(states, room).request)).toEqual(['wanted']);
  });

  it('is nobody while more scans are wanted than there is room for', () => {
    const states = [3, 1, 2].map((at) =>
      state({ customerId: `c${at}`, askedAtMs: 1, lookedAtMs: at, wanted: wanted(1) }),
    );
    const decision = decide([...states, state({ customerId: 'new' })], room);
    expect(ids(decision.request)).toEqual(['c1', 'c2']);
    expect(decision.look).toEqual([]);
  });

  it('is everybody once before anybody twice, however small the room is', () => {
    let states = Array.from({ length: 40 }, (_, at) => state({ customerId: `c${String(at).padStart(2, '0')}` }));
    const looked = new Map<string, number>();
    for (let round = 0, at = nowMs; round < 400; round += 1, at += minute) {
      const { request, look } = decide(states, { nowMs: at, everyMs: minute, room: 1, looksMost: 3 });
      // Some fail, and one has a scan for every look.
      states = states.map((one) => {
        if (request.includes(one)) return afterLook({ ...one, askedAtMs: at }, 'full', at);
        if (!look.includes(one)) return one;
        if (one.customerId === 'c07')
          return afterFailure({ ...one, askedAtMs: at }, 'it cannot be read', { nowMs: at, everyMs: minute });
        return { ...one, wanted: wanted(at) };
      });
      for (const { customerId } of request) looked.set(customerId, (looked.get(customerId) ?? 0) + 1);
      const counts = [...looked.values()];
      if (looked.size === 39) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      else expect(Math.max(0, ...counts)).toBeLessThanOrEqual(1);
    }
    expect(looked.size).toBe(39);
    expect(Math.min(...looked.values())).toBeGreaterThanOrEqual(9);
  });
});

describe('when a customer is due', () => {
  it('is at once before its first scan, then a period after it was looked at, and never with a period of 0', () => {
    expect(dueAtMs(state({ createdAtMs: 5 }), everyMs)).toBe(5);
    expect(dueAtMs(state({ askedAtMs: 1, lookedAtMs: minute }), everyMs)).toBe(16 * minute);
    expect(dueAtMs(state({ askedAtMs: minute }), everyMs)).toBe(16 * minute);
    expect(dueAtMs(state({ askedAtMs: 1, lookedAtMs: 1 }), 0)).toBeNull();
    expect(isDue(state({ createdAtMs: 5 }), { nowMs: 5, everyMs: 0 })).toBe(true);
  });

  it('moves away with every failure, six hours at most, and a success ends that', () => {
    const period = { nowMs: 0, everyMs };
    const once = afterFailure(state({ askedAtMs: 0 }), 'no table', period);
    const twice = afterFailure(once, 'no table', period);
    expect([once.notBeforeMs, twice.notBeforeMs]).toEqual([15 * minute, 30 * minute]);
    expect(backOffMs(60, everyMs)).toBe(6 * 60 * minute);
    expect(afterLook(twice, 'nothing changed', 5)).toMatchObject({ failures: 0, failure: null, notBeforeMs: null });
    expect([1, 2, 3, 50].map(busyPauseMs)).toEqual([15_000, 30_000, 60_000, 600_000]);
  });

  it('is decided by the end of its scan', () => {
    const period = { nowMs: 7, everyMs };
    const scanned = state({ scanId: 'a scan', askedAtMs: 1 });
    const scan = { status: 'running', asOfMs: 5, failure: null, kind: null } as const;
    expect(afterScan(scanned, scan, period)).toBeNull();
    expect(afterScan(scanned, { ...scan, status: 'succeeded' }, period)).toMatchObject({
      lookedAtMs: 5,
      looked: 'full',
      scanId: null,
    });
    expect(afterScan(scanned, { ...scan, status: 'failed', failure: 'no table' }, period)).toMatchObject({
      failures: 1,
      failure: 'no table',
      scanId: null,
    });
    expect(afterScan(scanned, { ...scan, status: 'cancelled' }, period)).toMatchObject({
      failures: 0,
      notBeforeMs: 7 + everyMs,
      scanId: null,
    });
    expect(afterScan(scanned, null, period)).toMatchObject({ scanId: null });
  });
});

it('a customer that could not be read at first is looked at again, also where each is looked at only once', () => {
  const period = { nowMs: 100 * minute, everyMs: 0 };
  const failed = afterFound(state({}), { customerId: 'acme', outcome: 'unreadable', sentence: 'no' }, period);
  expect(failed).toMatchObject({ failures: 1, askedAtMs: null });
  expect(isDue(failed, period)).toBe(false);
  expect(isDue(failed, { ...period, nowMs: 102 * minute })).toBe(true);
});

describe('with a period of 0', () => {
  const period = { nowMs: 100 * minute, everyMs: 0 };
  const asked = state({ askedAtMs: period.nowMs, scanId: 'a scan' });
  const ended = (status: 'failed' | 'cancelled' | 'succeeded') =>
    afterScan(asked, { status, asOfMs: 1, failure: null, kind: null }, period) ?? asked;

  it('a first scan that failed is tried again, later each time, and one that succeeded is the last', () => {
    const failed = ended('failed');
    expect(dueAtMs(failed, 0)).toBe(period.nowMs + minute);
    const again = afterFailure(failed, 'it cannot be read', { ...period, nowMs: period.nowMs + minute });
    expect(dueAtMs(again, 0)).toBe(period.nowMs + 3 * minute);
    expect(dueAtMs(ended('succeeded'), 0)).toBeNull();
    expect(dueAtMs(afterFailure(ended('succeeded'), 'it cannot be read', period), 0)).toBeNull();
  });

  it('one that a person cancelled is not asked for again', () => {
    expect(dueAtMs(ended('cancelled'), 0)).toBeNull();
  });

  it('a retry that a person cancelled is not asked for again either', () => {
    const retry = { ...ended('failed'), askedAtMs: period.nowMs, scanId: 'another scan' };
    const cancelled = afterScan(retry, { status: 'cancelled', asOfMs: null, failure: null, kind: null }, period);
    expect(cancelled).toMatchObject({ failures: 0, failure: null });
    expect(dueAtMs(cancelled ?? retry, 0)).toBeNull();
  });
});
