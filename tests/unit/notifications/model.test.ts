import { expect, it } from 'vitest';
import { type CaseContent, isMaterial } from '@/lib/notifications/model';

const known: CaseContent = {
  event: 'campaign held',
  title: 'The campaign is held.',
  lines: ['A replica is 70.5 s behind (limit 60 s).'],
  path: '/campaigns/1',
  customerId: null,
  affected: null,
};

it.each<[string, Partial<CaseContent>, boolean]>([
  ['a figure in a sentence', { lines: ['A replica is 1,234 s behind (limit 60 s).'] }, false],
  ['another sentence', { lines: ['A disk has 3 % free (limit 10 %).'] }, true],
  ['another page', { path: '/campaigns/2' }, true],
  ['another event', { event: 'campaign ended' }, true],
])('%s is material or is not', (_what, more, expected) => {
  expect(isMaterial(known, { ...known, ...more })).toBe(expected);
});

it('of a number of affected conversations a quarter is material, and no words', () => {
  const of = (affected: number, title = '') => ({ ...known, affected, title });
  expect(isMaterial(of(100), of(124, 'Other words.'))).toBe(false);
  expect(isMaterial(of(100), of(125))).toBe(true);
});
