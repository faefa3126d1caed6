import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partitionOfPart, type UnitDay, unitsOf } from '@/lib/backfill/plan/units/join-days';
import type { UnitChoice } from '@/lib/backfill/state/choice-model';
import { instantsOf } from '@/lib/customers/unit-model';
import { daysOfUnit, unitInWords } from '@/lib/customers/unit-words-model';
import { addDays, dayCount, dayStartMs } from '@/lib/days';

const timeZone = 'America/Los_Angeles';
const day = (name: string, rows: number, more: Partial<UnitDay> = {}): UnitDay => ({
  day: name,
  rows,
  partitions: [name.slice(0, 7)],
  hours: null,
  ...more,
});
const named = (days: UnitDay[], choice: UnitChoice, rowsMax = 100) =>
  unitsOf(days, { choice, rowsMax, timeZone }).map(({ unit }) => unitInWords(unit));

it('days that follow each other are joined up to the limit of rows, and a larger day is a unit of its own', () => {
  const days = [day('2026-02-09', 40), day('2026-02-10', 60), day('2026-02-11', 1), day('2026-02-12', 500)];
  expect(named(days, 'joined')).toEqual(['2026-02-09 to 2026-02-10', '2026-02-11', '2026-02-12']);
  expect(named(days, 'day')).toEqual(['2026-02-09', '2026-02-10', '2026-02-11', '2026-02-12']);
});

it('days are not joined over a day that needs nothing, nor over the edge of a partition', () => {
  expect(named([day('2026-02-09', 1), day('2026-02-11', 1)], 'joined')).toEqual(['2026-02-09', '2026-02-11']);
  expect(named([day('2026-02-28', 1), day('2026-03-01', 1)], 'joined')).toEqual(['2026-02-28', '2026-03-01']);
  const unlabelled = day('2026-03-01', 1, { partitions: [] });
  expect(named([day('2026-02-28', 1), unlabelled], 'joined')).toEqual(['2026-02-28 to 2026-03-01']);
});

it('a tight unit is the affected hours of a large day; a small day and one without hours stay whole', () => {
  const at = (name: string, hour: number) => dayStartMs(name, timeZone) + hour * 3_600_000;
  const hours = { fromMs: at('2026-02-10', 8), toMs: at('2026-02-10', 12) };
  const large = day('2026-02-10', 500, { hours });
  expect(named([large], 'tight')).toEqual(['2026-02-10 08:00 to 12:00']);
  expect(named([large], 'joined')).toEqual(['2026-02-10']);
  expect(named([day('2026-02-10', 50, { hours })], 'tight')).toEqual(['2026-02-10']);
  expect(named([day('2026-02-10', 500)], 'tight')).toEqual(['2026-02-10']);
  const toMidnight = { fromMs: at('2026-02-10', 20), toMs: at('2026-02-11', 0) };
  expect(named([day('2026-02-10', 500, { hours: toMidnight })], 'tight')).toEqual(['2026-02-10 20:00 to 24:00']);
});

it('whatever the days are, their units cover each of them once, in order, within the limit', () => {
  const one = fc.record({ skip: fc.integer({ min: 0, max: 2 }), rows: fc.integer({ min: 0, max: 150 }) });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 400 }), fc.constantFrom<UnitChoice>('joined', 'day'), (given, choice) => {
      let at = '2026-01-01';
      const days = given.map(({ skip, rows }) => {
        at = addDays(at, 1 + skip);
        return day(at, rows);
      });
      const units = unitsOf(days, { choice, rowsMax: 100, timeZone });
      expect(units.flatMap((unit) => unit.days)).toEqual(days.map((each) => each.day));
      const rowsOf = new Map(days.map((each) => [each.day, each.rows]));
      for (const { unit, days: own } of units) {
        const { fromDay, toDay } = daysOfUnit(unit);
        expect([fromDay, dayCount(fromDay, toDay)]).toEqual([own[0], own.length]);
        const rows = own.reduce((sum, each) => sum + (rowsOf.get(each) ?? 0), 0);
        expect(own.length === 1 || (rows <= 100 && own.length <= 31)).toBe(true);
      }
      const edges = units.map(({ unit }) => instantsOf(unit, timeZone));
      for (const [place, edge] of edges.entries())
        expect(edge.fromMs).toBeGreaterThanOrEqual(edges[place - 1]?.toMs ?? 0);
    }),
    { numRuns: 60 },
  );
});

it('the partition of a part is what its name begins with', () => {
  expect(['202602_1_7_2', '202602-5_1_1_0', 'all_3_3_0'].map(partitionOfPart)).toEqual(['202602', '202602-5', 'all']);
});
