import { describe, expect, it } from 'vitest';
import { isWorking } from '@/lib/backfill/state/name-model';
import { states } from '@/lib/backfill/state/states';
import { eachFlag } from '@/lib/detection/flags';
import type { DayResult } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';
import {
  type FindingEvent,
  type FindingFacts,
  type FindingState,
  foundOf,
  next,
  wrongMsOf,
} from '@/lib/findings/history/model';
import { changingStatuses } from '@/lib/findings/history/sql/findings';
import { sentenceOf } from '@/lib/findings/history/words-model';

const hour = 3_600_000;
const at = Date.parse('2026-02-12T00:00:00Z');

const dayOf = (counts: { stale?: number; orphans?: number }, more: Partial<DayResult> = {}): DayResult => ({
  ...sumCounts([]),
  conversations: 50,
  affected: (counts.stale ?? 0) + (counts.orphans ?? 0),
  flags: { ...eachFlag(() => 0), wrongAgent: counts.stale ?? 0, orphan: counts.orphans ?? 0 },
  day: '2026-02-10',
  asOfMs: at,
  atLeast: false,
  byAgent: ['anna', 'ben', ''].map((key) => ({ key, affected: counts.stale ?? 0, stale: 0, duplicates: 0 })),
  byUseCase: [],
  ...more,
});
const look = (
  day: DayResult,
  atMs = day.asOfMs,
  truthChangedAtMs: number | null = null,
  cleanAtMs: number | null = null,
): FindingEvent => ({
  kind: 'looked',
  newId: 'id',
  customerId: 'acme',
  atMs,
  day,
  truthChangedAtMs,
  cleanAtMs,
});
const repair = (atMs: number, whole = true): FindingEvent => ({ kind: 'repaired', atMs, runId: 'run', whole });

const wrong = dayOf({ stale: 7 });
/** A finding in a state, after the events that lead there. */
function finding(state: FindingState): FindingFacts {
  const paths: Record<FindingState, FindingEvent[]> = {
    new: [look(wrong)],
    ongoing: [look(wrong), look(wrong, at + 1)],
    repaired: [look(wrong), repair(at + hour)],
    'resolved by itself': [look(wrong), look(dayOf({}), at + hour)],
    'fallen back': [look(wrong), repair(at + hour), look({ ...wrong, asOfMs: at + 2 * hour })],
  };
  let found: FindingFacts | null = null;
  for (const event of paths[state]) found = next(found, event)?.finding ?? found;
  expect(found?.state).toBe(state);
  return found as FindingFacts;
}
const later = at + 10 * hour;
const seen = (counts: Parameters<typeof dayOf>[0], more: Partial<DayResult> = {}) =>
  look(dayOf(counts, { asOfMs: later, ...more }));

it('a run changes labels in states that its units have', () => {
  for (const status of changingStatuses) expect(isWorking(status)).toBe(true);
  const before = ['checking', 'snapshot', 'backing up'];
  expect([...before, ...changingStatuses].sort()).toEqual(Object.keys(states).sort());
});

describe('a look at a day', () => {
  it('proves it clean only where everything was counted and settled', () => {
    expect(foundOf(dayOf({}))).toBe('clean');
    expect(foundOf(dayOf({}, { settling: 1 }))).toBe('not known');
    expect(foundOf(dayOf({}, { atLeast: true }))).toBe('not known');
    expect(foundOf(dayOf({ stale: 1 }, { atLeast: true, settling: 3 }))).toBe('wrong');
    expect(foundOf(dayOf({ stale: 1, orphans: 1 }))).toBe('wrong');
    expect(foundOf(dayOf({ orphans: 1 }))).toBe('beyond repair');
  });

  it.each<[FindingState | null, string, FindingEvent, FindingState | null, string]>([
    [null, 'wrong', seen({ stale: 1 }), 'new', 'new'],
    [null, 'with orphans only', seen({ orphans: 1 }), 'new', 'new'],
    [null, 'clean', seen({}), null, ''],
    [null, 'settling', seen({}, { settling: 1 }), null, ''],
    ['new', 'wrong', seen({ stale: 1 }), 'ongoing', 'ongoing'],
    ['new', 'settling', seen({}, { settling: 1 }), null, ''],
    ['new', 'counted in part', seen({}, { atLeast: true }), null, ''],
    ['new', 'clean', seen({}), 'resolved by itself', 'resolved by itself'],
    ['ongoing', 'wrong', seen({ stale: 1 }), 'ongoing', 'counted'],
    ['ongoing', 'clean', seen({}), 'resolved by itself', 'resolved by itself'],
    ['repaired', 'clean', seen({}), null, ''],
    ['repaired', 'settling', seen({}, { settling: 1 }), null, ''],
    ['repaired', 'wrong', seen({ stale: 1 }), 'fallen back', 'fallen back'],
    ['repaired', 'with orphans only', seen({ orphans: 1 }), 'ongoing', 'left by repair'],
    ['repaired', 'wrong before its repair', look(wrong, later), null, ''],
    ['fallen back', 'wrong', seen({ stale: 1 }), 'fallen back', 'counted'],
    ['fallen back', 'clean', seen({}), 'resolved by itself', 'resolved by itself'],
    ['resolved by itself', 'wrong', seen({ stale: 1 }), 'new', 'new'],
    ['resolved by itself', 'clean', seen({}), null, ''],
  ])('that is %s, and is %s', (state, _, event, expected, happened) => {
    const move = next(state && finding(state), event);
    expect([move?.finding.state ?? null, move?.happened ?? '']).toEqual([expected, happened]);
  });
});

describe('a repair of a day', () => {
  it.each<[FindingState | null, boolean, FindingState | null, string]>([
    [null, true, null, ''],
    ['new', true, 'repaired', 'repaired'],
    ['ongoing', true, 'repaired', 'repaired'],
    ['fallen back', true, 'repaired', 'repaired'],
    ['repaired', true, 'repaired', 'repaired'],
    ['resolved by itself', true, null, ''],
    ['new', false, 'new', 'repaired in part'],
    ['repaired', false, null, ''],
  ])('that is %s, whole: %s', (state, whole, expected, happened) => {
    const move = next(state && finding(state), repair(later, whole));
    expect([move?.finding.state ?? null, move?.happened ?? '']).toEqual([expected, happened]);
  });

  it('in part makes the day repaired by that run once a look counts it clean', () => {
    const part = next(finding('ongoing'), repair(later, false))?.finding ?? null;
    const move = next(part, look(dayOf({}, { asOfMs: later + 1 })));
    expect(move?.finding).toMatchObject({ state: 'repaired', repairedByRun: 'run', partRun: null });
    expect(move && sentenceOf(move.finding, move.happened)).toBe(
      'A run changed labels of 2026-02-10, and a later look counted it clean.',
    );
  });
});

describe('the clocks of a finding', () => {
  it('count the time that the day was wrong, not the time between a repair and the fall back', () => {
    const first = next(null, look(wrong, at, at - hour))?.finding ?? null;
    expect(wrongMsOf(first as FindingFacts, at + hour)).toBe(2 * hour);
    const repaired = next(first, repair(at + 2 * hour))?.finding ?? null;
    expect(wrongMsOf(repaired as FindingFacts, later)).toBe(3 * hour);
    const back = next(repaired, look({ ...wrong, asOfMs: later }, later, later - hour))?.finding as FindingFacts;
    expect(back).toMatchObject({ timesFallenBack: 1, fallenBackAtMs: later, truthChangedAtMs: at - hour });
    expect(wrongMsOf(back, later + hour)).toBe(5 * hour);
    // The truth had changed before the repair, which an undo took back: it was right until then.
    const undone = next(repaired, look({ ...wrong, asOfMs: later }, later, at - hour))?.finding as FindingFacts;
    expect(wrongMsOf(undone, later)).toBe(3 * hour + 8 * hour);
    // Labels of before came back after a look that had found the day clean.
    const clean = later - 2 * hour;
    const rewritten = next(repaired, look({ ...wrong, asOfMs: later }, later, at - hour, clean))?.finding;
    expect(wrongMsOf(rewritten as FindingFacts, later)).toBe(3 * hour + 2 * hour);
  });

  it('keep the worst counts, and agents by name only', () => {
    const more = next(finding('new'), seen({ stale: 9, orphans: 2 }))?.finding ?? null;
    const less = next(more, seen({ stale: 1 }))?.finding;
    expect(less).toMatchObject({ affected: 1, worstAffected: 11, agents: 2, worstAgents: 2 });
    expect(less?.worstFlags).toMatchObject({ wrongAgent: 9, orphan: 2 });
  });
});
