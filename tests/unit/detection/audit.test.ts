import { expect, it } from 'vitest';
import { missedOf, sharesApart } from '@/lib/detection/changes/audit-model';
import { differencesOf } from '@/lib/detection/changes/miss-model';
import { eachFlag } from '@/lib/detection/flags';
import type { DayResult } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';

const share = (key: string, affected: number, more: Partial<DayResult['byAgent'][number]> = {}) => ({
  key,
  affected,
  stale: affected,
  duplicates: 0,
  ...more,
});
/** A day of ten wrong agents, by the agents that had the conversations. */
const dayOf = (byAgent: DayResult['byAgent'], more: Partial<DayResult> = {}): DayResult => ({
  ...sumCounts([]),
  day: '2026-02-10',
  asOfMs: 0,
  atLeast: false,
  conversations: 50,
  affected: 10,
  stale: 10,
  flags: { ...eachFlag(() => 0), wrongAgent: 10 },
  byAgent,
  byUseCase: [share('sales', 10)],
  ...more,
});
const recorded = dayOf([share('ann', 6), share('ben', 4)]);

it('an audit counts what is recorded for another agent or use case, though the sums of the day agree', () => {
  expect(missedOf(recorded, recorded)).toBe(0);
  expect(missedOf(recorded, dayOf([share('ben', 4), share('ann', 6)]))).toBe(0);
  expect(missedOf(recorded, dayOf([share('ann', 5), share('ben', 5)]))).toBe(1);
  expect(missedOf(recorded, dayOf([share('ann', 6), share('cleo', 4)]))).toBe(4);
  expect(missedOf(recorded, dayOf([share('ann', 6, { duplicates: 2 }), share('ben', 4)]))).toBe(2);
  expect(missedOf(recorded, dayOf(recorded.byAgent, { byUseCase: [share('sales', 7), share('help', 3)] }))).toBe(3);
});

it('an audit compares only the agents that both sides kept, where not all have a name or are kept', () => {
  const cut = dayOf([share('ann', 6), share('ben', 3)]);
  expect(missedOf(cut, dayOf([share('ann', 6), share('cleo', 3)]))).toBe(0);
  expect(missedOf(cut, dayOf([share('ann', 4), share('cleo', 3)]))).toBe(2);
});

it('an audit counts the largest difference of a day, and not their sum', () => {
  expect(missedOf(recorded, dayOf([share('ann', 6), share('ben', 1)], { affected: 7, stale: 7 }))).toBe(3);
});

it('an audit shows two agents of whom one has a stale and the other a duplicate more, though as many are affected', () => {
  const both = { affected: 3, stale: 2, duplicates: 1 };
  const swapped = { affected: 3, stale: 1, duplicates: 2 };
  const was = dayOf([share('ann', 3, both), share('ben', 3, swapped)], { affected: 6 });
  const is = dayOf([share('ann', 3, swapped), share('ben', 3, both)], { affected: 6 });
  expect(missedOf(was, is)).toBe(1);
  const shares = sharesApart(was, is);
  expect(shares).toEqual([
    { of: 'agent', key: 'ann', recorded: both, found: swapped },
    { of: 'agent', key: 'ben', recorded: swapped, found: both },
  ]);
  const differences = differencesOf({ day: was.day, missed: 1, recorded: was, found: is, shares });
  expect(differences.map(({ what, key }) => `${what} ${key}`)).toEqual([
    'stale of agent ann',
    'duplicates of agent ann',
    'stale of agent ben',
    'duplicates of agent ben',
  ]);
});
