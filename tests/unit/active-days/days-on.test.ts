import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countDays, cutDays, daysOf, daysOnOf, wordsOf } from '@/lib/active-days/days-on-model';

/** The words as the engine answers them: hexadecimal, with zeros in front. */
const onOf = (days: readonly boolean[]) =>
  daysOnOf(
    Array.from({ length: wordsOf(days.length) }, (_, word) =>
      days
        .slice(word * 64, (word + 1) * 64)
        .reduce((sum, is, at) => (is ? sum | (1n << BigInt(at)) : sum), 0n)
        .toString(16)
        .padStart(16, '0')
        .toUpperCase(),
    ),
  );
const range = fc.array(fc.boolean(), { minLength: 1, maxLength: 200 });

test('a set of days has exactly the days that were put in, and counts them', () => {
  fc.assert(
    fc.property(range, (days) => {
      const on = onOf(days);
      expect(daysOf(on, days.length)).toEqual(days);
      expect(countDays(on)).toBe(days.filter(Boolean).length);
    }),
  );
});

test('a cut has the days of the part, as if only they had been counted', () => {
  fc.assert(
    fc.property(range, fc.nat(), fc.nat(), (days, from, length) => {
      const skip = from % days.length;
      const part = days.slice(skip, skip + 1 + (length % (days.length - skip)));
      expect(cutDays(onOf(days), skip, part.length)).toBe(onOf(part));
    }),
  );
});
