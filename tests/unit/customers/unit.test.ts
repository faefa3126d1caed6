import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Customer, scopeBetween, scopeOf } from '@/lib/customers/model';
import { daysOfScope, isUnitOf, rangeOfUnit, scopeOfUnit, UnitKey, unitOf } from '@/lib/customers/unit-model';
import { daysOfUnit, unitInWords } from '@/lib/customers/unit-words-model';
import { addDays } from '@/lib/days';
import { jobName } from '@/lib/jobs/name';
import { backupIdOf, tagIn, tagOfBackup, tagText } from '@/lib/label-store/model';

const zones = ['UTC', 'America/Los_Angeles', 'Asia/Kathmandu', 'Africa/Cairo', 'Australia/Lord_Howe'];
const customerIn = (timeZone: string): Customer => ({
  id: 'acme',
  displayName: 'Acme',
  profiles: ['main'],
  database: 'db',
  timeZone,
});
const hour = 3_600_000;

describe('the key of a unit', () => {
  it('of one day is the day, also of 23 or 25 hours', () => {
    for (const day of ['2026-02-10', '2026-03-08', '2026-11-01']) {
      const scope = scopeOf(customerIn('America/Los_Angeles'), day, addDays(day, 1));
      expect(unitOf(scope)).toBe(day);
      expect(scopeOfUnit(customerIn('America/Los_Angeles'), day)).toEqual(scope);
    }
  });

  it('of hours, and of days, says where they begin and end', () => {
    const customer = customerIn('America/Los_Angeles');
    const { fromMs, toMs } = scopeOf(customer, '2026-02-10', '2026-02-12');
    expect(unitOf(scopeBetween(customer, { fromMs, toMs }))).toBe('2026-02-10t000000000-2026-02-12t000000000');
    const unit = unitOf(scopeBetween(customer, { fromMs: fromMs + 8 * hour, toMs: fromMs + 12 * hour }));
    expect(unit).toBe('2026-02-10t080000000-2026-02-10t120000000');
    expect(unitInWords(unit)).toBe('2026-02-10 08:00 to 12:00');
    expect(daysOfUnit(unit)).toEqual({ fromDay: '2026-02-10', toDay: '2026-02-11' });
    expect(daysOfUnit('2026-02-10t000000000-2026-02-12t000000000')).toEqual({
      fromDay: '2026-02-10',
      toDay: '2026-02-12',
    });
  });

  it('is read back to the very instants, sorts by its beginning, and fits a Job’s name, a tag and a backup’s id', {
    timeout: 60_000,
  }, () => {
    const from = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2190, 0, 1) });
    const length = fc.integer({ min: 1, max: 4 * 24 * hour });
    const one = fc.tuple(fc.constantFrom(...zones), from, length);
    fc.assert(
      fc.property(one, length, ([timeZone, fromMs, ms], laterMs) => {
        const scope = scopeBetween(customerIn(timeZone), { fromMs, toMs: fromMs + ms });
        const unit = unitOf(scope);
        expect(UnitKey.parse(unit)).toBe(unit);
        expect(rangeOfUnit(unit, timeZone)).toEqual({ fromMs, toMs: fromMs + ms });
        expect(isUnitOf(unit, scope)).toBe(true);
        expect(isUnitOf(unit, { ...scope, toMs: scope.toMs + 1 })).toBe(false);
        expect(daysOfUnit(unit)).toEqual({ fromDay: scope.fromDay, toDay: scope.toDay });
        const days = daysOfScope(scope);
        expect([days[0]?.fromMs, days.at(-1)?.toMs]).toEqual([scope.fromMs, scope.toMs]);
        expect(days.slice(1).map((day) => day.fromMs)).toEqual(days.slice(0, -1).map((day) => day.toMs));
        const later = unitOf(scopeBetween(customerIn(timeZone), { fromMs: scope.toMs, toMs: scope.toMs + laterMs }));
        expect(unit < later).toBe(true);
        const tag = { runId: '1b4e28ba-2fa1-41d2-883f-0016d3cca427', unit, attempt: 999_999 };
        expect(tagIn(`x '${tagText(tag)}' != ''`)).toEqual(tag);
        expect(tagOfBackup(backupIdOf(tag))).toEqual({ ...tag, list: false });
        expect(jobName({ kind: 'relabel', itemId: 'item', ...tag }).length).toBeLessThanOrEqual(63);
      }),
      { numRuns: 50 },
    );
  });

  it.each(['', '2026-02-30', '2026-02-10t080000000', '2026-02-10-2026-02-12', "2026-02-10' OR 1"])(
    'is not %s',
    (text) => {
      expect(rangeOfUnit(text, 'UTC')).toBeNull();
    },
  );
});
