import { describe, expect, it } from 'vitest';
import { daysOf, lastNight, nextNight, nightOf, nightOn, nightsEnded } from '@/lib/orders/nights/nights';

const berlin = (from: string, to: string) => ({ from, to, timeZone: 'Europe/Berlin' });
const at = (text: string) => Date.parse(text);
const hours = (night: { fromMs: number; toMs: number } | null) => (night ? (night.toMs - night.fromMs) / 3_600_000 : 0);

describe('a window across midnight', () => {
  const window = berlin('22:00', '06:00');

  it('belongs to the day on which it begins, before and after midnight', () => {
    expect(nightOf(window, at('2026-02-10T21:30:00Z'))?.night).toBe('2026-02-10');
    expect(nightOf(window, at('2026-02-11T04:59:59Z'))?.night).toBe('2026-02-10');
    expect(nightOf(window, at('2026-02-10T20:59:59Z'))).toBeNull();
    expect(nightOf(window, at('2026-02-11T05:00:00Z'))).toBeNull();
  });

  it('names the last night that had begun, and the next', () => {
    expect(lastNight(window, at('2026-02-10T20:59:59Z')).night).toBe('2026-02-09');
    expect(lastNight(window, at('2026-02-10T21:00:00Z')).night).toBe('2026-02-10');
    expect(nextNight(window, at('2026-02-10T20:59:59Z')).night).toBe('2026-02-10');
    expect(nextNight(window, at('2026-02-10T21:00:00Z')).night).toBe('2026-02-11');
  });

  it('lists the nights that ended in a time, each once, whatever its length', () => {
    const since = at('2026-02-10T12:00:00Z');
    const names = (until: string) => nightsEnded(window, since, at(until)).map(({ night }) => night);
    expect(names('2026-02-11T04:59:59Z')).toEqual([]);
    expect(names('2026-02-11T05:00:00Z')).toEqual(['2026-02-10']);
    expect(names('2026-02-14T05:00:00Z')).toEqual(['2026-02-10', '2026-02-11', '2026-02-12', '2026-02-13']);
  });
});

describe('when the clock changes', () => {
  it('a night is an hour shorter in March and an hour longer in October', () => {
    const window = berlin('22:00', '06:00');
    expect(hours(nightOn(window, '2026-03-27'))).toBe(8);
    expect(hours(nightOn(window, '2026-03-28'))).toBe(7);
    expect(hours(nightOn(window, '2026-10-24'))).toBe(9);
  });

  it('a window that is skipped is no night, and the others around it are', () => {
    const window = berlin('02:00', '03:00');
    expect(nightOn(window, '2026-03-29')).toBeNull();
    expect(nightOf(window, at('2026-03-29T01:00:00Z'))).toBeNull();
    expect(nextNight(window, at('2026-03-28T12:00:00Z')).night).toBe('2026-03-30');
    expect(lastNight(window, at('2026-03-29T12:00:00Z')).night).toBe('2026-03-28');
  });

  it('a window that comes twice is one night, which begins at the first', () => {
    const night = nightOn(berlin('02:00', '03:00'), '2026-10-25');
    expect(night).toEqual({
      night: '2026-10-25',
      fromMs: at('2026-10-25T00:00:00Z'),
      toMs: at('2026-10-25T02:00:00Z'),
    });
  });
});

describe('the days of a night', () => {
  const marginMs = 120 * 60_000;

  it('the newest is over and older than the safety margin', () => {
    const days = (now: string) => daysOf(at(now), { daysBack: 7, marginMs, timeZones: ['UTC'] });
    expect(days('2026-02-11T01:59:59Z')).toEqual({ fromDay: '2026-02-03', toDay: '2026-02-10' });
    expect(days('2026-02-11T02:00:00Z')).toEqual({ fromDay: '2026-02-04', toDay: '2026-02-11' });
  });

  it('is over in the time zone of every customer', () => {
    const timeZones = ['Pacific/Auckland', 'America/Los_Angeles', 'UTC'];
    expect(daysOf(at('2026-02-11T03:00:00Z'), { daysBack: 1, marginMs, timeZones })).toEqual({
      fromDay: '2026-02-09',
      toDay: '2026-02-10',
    });
  });
});
