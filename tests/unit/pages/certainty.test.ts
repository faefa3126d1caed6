import { describe, expect, it, test } from 'vitest';
import { customerState } from '@/components/customers/customer-state';
import { dayState, dayStates, daySummary } from '@/components/detection/day-state';
import { rangeName } from '@/components/ui/format';
import { shiftDay } from '@/lib/day-text';
import { certaintyOf } from '@/lib/detection/certainty-model';
import { type DayResult, judgedFromMs } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';
import { type CustomerSummary, listedDays, stateLetters } from '@/lib/detection/view/summary-model';

const asOfMs = Date.UTC(2026, 10, 29, 12, 24);
const day = (given: Partial<DayResult> = {}): DayResult => ({
  ...sumCounts([]),
  day: '2026-11-29',
  conversations: 30,
  asOfMs,
  atLeast: false,
  byAgent: [],
  byUseCase: [],
  ...given,
});
const thirty = (given: Partial<DayResult> = {}) =>
  Array.from({ length: 30 }, (_, at) => day({ day: shiftDay('2026-10-31', at), ...(at === 29 ? given : {}) }));
const customer = (days: DayResult[]): CustomerSummary => ({
  ...sumCounts(days),
  customerId: 'acme',
  displayName: 'Acme',
  state: 'active',
  newestDay: days.at(-1)?.day ?? null,
  days:
    days.length === 0
      ? ''
      : days
          .map((one) => stateLetters[dayState(one)])
          .join('')
          .padStart(listedDays, '-'),
  flags: 0,
  atLeast: days.some((one) => one.atLeast),
  countedAtMs: asOfMs,
  scan: null,
});

describe('only what was counted and is settled is clear', () => {
  const all = { atLeast: false, unscanned: 0 };
  it.each([
    ['a day whose conversations all settle', day({ settling: 30 }), all, 'settling'],
    ['a day of which one conversation settles', day({ settling: 1 }), all, 'settling'],
    ['a range of which days were not scanned', day(), { ...all, unscanned: 57 }, 'not looked at'],
    ['a scan that hit a limit', day(), { ...all, atLeast: true }, 'counted in part'],
    ['a day without conversations', day({ conversations: 0 }), all, 'no conversations'],
    ['an affected day of which some settle', day({ affected: 1, settling: 3 }), all, 'affected'],
    ['a day that was counted', day(), all, 'counted'],
  ] as const)('%s', (_, counts, looked, certainty) => {
    expect(certaintyOf(counts, looked)).toBe(certainty);
  });

  it.each([
    ['settling', day({ settling: 30 }), 'settling'],
    ['a limit', day({ atLeast: true }), 'unknown'],
    ['no conversations', day({ conversations: 0 }), 'neutral'],
    ['counted', day(), 'verified'],
  ] as const)('the calendar paints a day with %s so', (_, result, tone) => {
    expect(dayStates[dayState(result)].tone).toBe(tone);
    expect(daySummary(result).includes('none affected')).toBe(tone === 'verified');
  });

  it.each([
    ['settling', thirty({ settling: 30 }), { state: 'settling', word: '30 settling' }],
    ['a day that was not scanned', thirty().slice(1), { state: 'unknown', word: '1 day of 30 not scanned' }],
    ['a limit', thirty({ atLeast: true }), { state: 'unknown', word: 'counted in part' }],
    ['no data on any day', [], { state: 'unknown', word: 'no data' }],
    ['all counted', thirty(), { state: 'clear', word: 'none affected' }],
    ['an affected day', thirty({ affected: 2, stale: 2, settling: 5 }), { state: 'affected', word: '1 day affected' }],
  ])('a customer with %s', (_, days, state) => {
    expect(customerState(customer(days), asOfMs)).toEqual(state);
  });

  it('a customer whom nobody looked at is not scanned', () => {
    expect(customerState({ ...customer([]), countedAtMs: null }, asOfMs).word).toBe('not scanned');
  });

  it('a customer whose data stopped is not clear of anything today', () => {
    const nineMonths = 270 * 86_400_000;
    expect(customerState(customer(thirty()), asOfMs + nineMonths)).toEqual({
      state: 'unknown',
      word: 'no recent data',
    });
  });
});

test('settling conversations can be judged a safety margin after the newest count that had some', () => {
  const margin = 2 * 3_600_000;
  expect(judgedFromMs([day(), day({ settling: 1, asOfMs: asOfMs + 1 }), day({ asOfMs: asOfMs + 5 })], margin)).toBe(
    asOfMs + 1 + margin,
  );
  expect(judgedFromMs([day()], margin)).toBeNull();
});

test.each([
  ['2026-02-10', '2026-02-11', 'Tue 10 Feb 2026'],
  ['2026-02-01', '2026-02-11', 'Sun 1 Feb – Tue 10 Feb 2026'],
  ['2025-11-13', '2026-02-13', 'Thu 13 Nov 2025 – Thu 12 Feb 2026'],
  ['2025-12-31', '2026-01-01', 'Wed 31 Dec 2025'],
])('%s up to %s reads "%s"', (from, to, name) => {
  expect(rangeName(from, to)).toBe(name);
});
