import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopeOf } from '@/lib/customers/model';
import { addDays, checkDayRange, dayCount, dayOf, dayStartMs, daysBetween, isDay } from '@/lib/days';
import { AppError } from '@/lib/errors';

/** Zones whose days begin at odd moments: no midnight, half hours, a day that was skipped, both hemispheres. */
const zones = [
  'UTC',
  'America/Los_Angeles',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/Sao_Paulo',
  'Pacific/Chatham',
];
const day = fc
  .date({ min: new Date('1971-01-01'), max: new Date('2198-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const zone = fc.constantFrom(...zones);
const customer = (timeZone: string) => ({ id: 'a', displayName: 'A', profiles: ['p'], database: 'd', timeZone });
const hour = 3_600_000;
// Samoa left out 2011-12-30 altogether: that day has no instant.
const whole = (from: string, to: string, timeZone: string) =>
  timeZone !== 'Pacific/Apia' || to <= '2011-12-30' || from > '2011-12-30';

describe('a range of days', { timeout: 60_000 }, () => {
  it('holds exactly its days, across every change of the clocks', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 40 }), zone, (fromDay, days, timeZone) => {
        const toDay = addDays(fromDay, days);
        fc.pre(isDay(toDay) && whole(fromDay, toDay, timeZone));
        const scope = scopeOf(customer(timeZone), fromDay, toDay);
        const starts = [...daysBetween(fromDay, toDay), toDay].map((each) => dayStartMs(each, timeZone));
        expect([scope.fromMs, scope.toMs]).toEqual([starts[0], starts.at(-1)]);
        expect(starts).toHaveLength(days + 1);
        starts.slice(1).forEach((start, at) => {
          const length = start - (starts[at] as number);
          expect(length).toBeGreaterThanOrEqual(22 * hour);
          expect(length).toBeLessThanOrEqual(26 * hour);
        });
        expect(dayOf(scope.fromMs, timeZone)).toBe(fromDay);
        expect(dayOf(scope.toMs - 1, timeZone)).toBe(addDays(toDay, -1));
      }),
      { numRuns: 30 },
    );
  });

  it('is refused in a sentence when it is empty, reversed, a century long, or of no real days', () => {
    const odd = fc.oneof(
      day,
      fc.string({ unit: 'binary' }),
      fc.constantFrom('2026-02-30', '0000-01-01', '9999-12-31', ''),
    );
    fc.assert(
      fc.property(odd, odd, fc.integer({ min: 1, max: 366 }), (fromDay, toDay, daysMax) => {
        const fine = isDay(fromDay) && isDay(toDay) && fromDay < toDay && dayCount(fromDay, toDay) <= daysMax;
        try {
          checkDayRange(fromDay, toDay, daysMax);
          expect(fine).toBe(true);
        } catch (error) {
          expect(fine).toBe(false);
          expect(error).toBeInstanceOf(AppError);
          expect(error).toMatchObject({ code: 'invalid_input' });
        }
      }),
    );
  });

  it.each([
    ['2026-02-10', '2026-02-10', /The range is empty/],
    ['2026-02-10', '2026-02-09', /The range is empty/],
    ['1990-01-01', '2090-01-01', /36525 days; at most 366/],
    ['2026-02-29', '2026-03-01', /"2026-02-29" is not a day/],
    ['9999-12-31', '2026-03-01', /"9999-12-31" is not a day/],
  ])('from %s to %s is refused', (fromDay, toDay, sentence) => {
    expect(() => scopeOf(customer('UTC'), fromDay, toDay)).toThrow(sentence);
  });

  it('in the future is a range like any other', () => {
    expect(scopeOf(customer('UTC'), '2150-01-01', '2150-01-02')).toMatchObject({ fromDay: '2150-01-01' });
  });
});
