import { expect, it } from 'vitest';
import type { LabelRow } from '@/lib/differences/model';
import { differingCells, otherChanges, pairsOf } from '@/lib/differences/pairs-model';

const row = (agent: string, more: Partial<LabelRow> = {}): LabelRow => ({
  profileId: 'p',
  agent,
  useCase: 'u',
  startAtMs: 1,
  endAtMs: 2,
  others: ['1'],
  ...more,
});

it('an old label stands beside the new one that is equal, and what is left newest beside newest', () => {
  const pairs = pairsOf({ olds: [row('c'), row('a'), row('b')], news: [row('a'), row('d')] });
  expect(pairs.map(({ before, after }) => [before?.agent, after?.agent])).toEqual([
    ['c', 'd'],
    ['b', undefined],
    ['a', 'a'],
  ]);
  expect([...differingCells(row('a'), row('b', { endAtMs: 3 }))]).toEqual(['agent', 'endAtMs']);
  expect(otherChanges({ before: row('a'), after: row('a', { profileId: 'q', others: ['0'] }) }, ['assisted'])).toEqual([
    { column: 'profile', from: 'p', to: 'q' },
    { column: 'assisted', from: '1', to: '0' },
  ]);
});
