import { describe, expect, it } from 'vitest';
import type { CustomerState, Obstacle } from '@/lib/detection/schedule/model';
import { obstacleOf } from '@/lib/detection/schedule/obstacles';
import { scheduleQueryOf } from '@/lib/detection/schedule/query-model';
import { everyWords, fitOf, isLate, noHourCost, standOf } from '@/lib/detection/schedule/view-model';

const minute = 60_000;
const everyMs = 15 * minute;
const cost = (engineMs: number, runs: number) => ({ ...noHourCost(), engineMs, runs });
const asked = { everyMs, days: 35, budgetMs: 1_800_000, statements: 4, late: [] as string[], unread: [] as string[] };

describe('whether all customers fit into their period', () => {
  it('is said with what a look at each and the scans that follow take and what a period has', () => {
    const costs = new Map([
      ['a', cost(8_000, 4)],
      ['b', cost(2_000, 2)],
    ]);
    expect(fitOf({ ...asked, costs, customers: ['a', 'b', 'c'] })).toEqual({
      fits: true,
      sentence:
        '3 customers × 35 days fit into their period: a look at each and the scans that follow take 4.5 engine seconds of the 450 that the schedule has in a period of 15 minutes. 1 customer was not looked at in the last 24 hours and counts as the mean of the others.',
    });
  });

  it('names how often each is looked at instead, those that are late, and those that take a period by themselves', () => {
    const costs = new Map([
      ['a', cost(500_000, 1)],
      ['b', cost(400_000, 1)],
    ]);
    expect(fitOf({ ...asked, costs, customers: ['a', 'b'], late: ['b'] })).toEqual({
      fits: false,
      sentence:
        '2 customers × 35 days do not fit into their period: a look at each and the scans that follow take 900 engine seconds of the 450 that the schedule has in a period of 15 minutes, so each is looked at about every 30 minutes. More than a whole period by itself: a. Late at this moment: b.',
    });
  });

  it('is not known of customers that cannot be read', () => {
    const costs = new Map([
      ['a', cost(8_000, 4)],
      ['b', cost(1, 1)],
    ]);
    const fit = fitOf({ ...asked, costs, customers: ['a', 'b'], unread: ['b'] });
    expect(fit.fits).toBeNull();
    expect(fit.sentence).toMatch(
      /^1 customer × 35 days fit into their period: .* What 1 other customer takes is not known, since it cannot be read\.$/,
    );
    expect(fitOf({ ...asked, costs, customers: ['b'], unread: ['b'] }).fits).toBeNull();
    expect(fitOf({ ...asked, costs, customers: ['a', 'b'], late: ['a'], unread: ['b'] }).fits).toBe(false);
  });

  it('is not known before anything was looked at, and no question where each is scanned once', () => {
    expect(fitOf({ ...asked, costs: new Map(), customers: ['a'] }).fits).toBeNull();
    expect(fitOf({ ...asked, costs: new Map(), customers: [] }).fits).toBeNull();
    expect(fitOf({ ...asked, everyMs: 0, costs: new Map([['a', cost(1, 1)]]), customers: ['a'] }).fits).toBeNull();
  });

  it('has a period in words', () => {
    expect([0, 30_000, minute, 5 * minute, 24 * 60 * minute].map(everyWords)).toEqual([
      'once',
      'every 30 seconds',
      'every minute',
      'every 5 minutes',
      'every 24 hours',
    ]);
  });
});

describe('why a customer waits', () => {
  const nowMs = 100 * minute;
  const state: CustomerState = {
    customerId: 'acme',
    createdAtMs: 0,
    askedAtMs: 1,
    lookedAtMs: 0,
    looked: 'full',
    failures: 0,
    failure: null,
    notBeforeMs: null,
    claimedUntilMs: null,
    wanted: null,
    watchedTo: null,
    scanId: null,
  };
  const now = { nowMs, everyMs, obstacle: null as Obstacle | null, customersAtOnce: 2, before: 0, scanStatus: null };
  const wanted = {
    cause: 'schedule' as const,
    reason: 'rows were added',
    fromDay: '2026-02-01',
    toDay: '2026-02-02',
    sinceMs: 1,
  };
  const budget: Obstacle = { kind: 'budget', sentence: 'The budget is spent.', untilMs: nowMs + 1 };

  it('is the obstacle that holds everybody, where it is due', () => {
    const held = { why: 'The budget is spent.', untilMs: nowMs + 1 };
    expect(standOf(state, { ...now, obstacle: budget })).toEqual({ stand: 'due', ...held });
    expect(standOf({ ...state, wanted }, { ...now, obstacle: budget })).toEqual({ stand: 'waits', ...held });
    expect(standOf({ ...state, lookedAtMs: nowMs }, { ...now, obstacle: budget })).toEqual({
      stand: 'later',
      why: null,
      untilMs: null,
    });
  });

  it('is a place, a worker, those before it, or that it cannot be read', () => {
    expect(standOf({ ...state, wanted }, now).why).toMatch(/^A scan is decided on, because rows were added,/);
    expect(standOf({ ...state, scanId: 'x' }, now)).toMatchObject({ stand: 'waits' });
    expect(standOf({ ...state, scanId: 'x' }, { ...now, scanStatus: 'running' })).toMatchObject({ stand: 'scanned' });
    expect(standOf(state, { ...now, before: 3 }).why).toBe('3 customers were not looked at for longer.');
    const failed = { ...state, failures: 2, failure: 'no table', notBeforeMs: nowMs + 5 };
    expect(standOf(failed, now)).toEqual({
      stand: 'back-off',
      why: 'It could not be read 2 times in a row: no table',
      untilMs: nowMs + 5,
    });
    expect(standOf(state, { ...now, everyMs: 0 }).stand).toBe('never again');
    expect([isLate(state, { nowMs, everyMs }), isLate(failed, { nowMs, everyMs })]).toEqual([true, false]);
  });
});

describe('what keeps everybody waiting', () => {
  const pressure = {
    stop: null,
    asked: 0,
    spentMs: 0,
    busy: null,
    busyUntilMs: null,
    busySinceMs: null,
    busyLooks: 0,
    decidedAtMs: null,
  };
  const at = { nowMs: 90 * minute, budgetMs: 60_000 };

  it('is a stop, then people, then the budget until the next hour, then the cluster', () => {
    expect(obstacleOf(pressure, at)).toBeNull();
    const busy = { ...pressure, busy: 'Busy.', busyUntilMs: at.nowMs + 1 };
    expect(obstacleOf(busy, at)).toEqual({ kind: 'busy', sentence: 'Busy.', untilMs: at.nowMs + 1 });
    expect(obstacleOf({ ...busy, busyUntilMs: at.nowMs }, at)).toBeNull();
    const spent = { ...busy, spentMs: 61_000 };
    expect(obstacleOf(spent, at)).toEqual({
      kind: 'budget',
      sentence: 'The budget of this hour is spent: 61 of 60 engine seconds.',
      untilMs: 120 * minute,
    });
    expect(obstacleOf({ ...spent, asked: 2 }, at)?.kind).toBe('person first');
    const stop = { id: 'x', by: 'anna', reason: 'a look', immediately: false, atMs: 1 };
    expect(obstacleOf({ ...spent, asked: 2, stop }, at)).toEqual({
      kind: 'stopped',
      sentence: 'anna stopped everything: a look',
      untilMs: null,
    });
  });
});

it('an address asks only for what it can mean', () => {
  expect(scheduleQueryOf({ show: 'late', page: '3', scans: 'x' })).toEqual({ show: 'late', q: '', page: 3 });
  expect(scheduleQueryOf({ show: 'everything' })).toEqual({ q: '', page: 0, scans: 0 });
});
