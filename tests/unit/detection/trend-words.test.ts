import { expect, it } from 'vitest';
import { nothingAffected, type TrendDay } from '@/lib/detection/view/past-view-model';

const day = (more: Partial<TrendDay> = {}): TrendDay => ({
  day: '2026-02-10',
  affected: 0,
  settling: 0,
  atLeast: false,
  flags: {},
  ...more,
});

it('a trend calls no day clean that was counted in part', () => {
  expect(nothingAffected([], 90)).toBe('None of these days was counted.');
  expect(nothingAffected([day()], 1)).toBe('No conversation is affected on the 1 day that was counted.');
  expect(nothingAffected([day(), day(), day({ atLeast: true }), day({ settling: 3 })], 5)).toBe(
    'No conversation is affected on the 2 days that were counted. 2 days may have more affected conversations than were counted. 1 day was not counted.',
  );
  expect(nothingAffected([day({ settling: 1 })], 1)).toBe(
    'No day was counted as a whole. 1 day may have more affected conversations than were counted.',
  );
});
