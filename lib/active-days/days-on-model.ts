/**
 * A set of days of a range as text: a word of 64 days in hexadecimal for each 64 days, the first day in the lowest bit of
 * the first word. The text belongs to the first day of its range.
 */
export type DaysOn = string;

const wordDays = 64;

/** How many words the days of a range take. */
export const wordsOf = (days: number): number => Math.max(1, Math.ceil(days / wordDays));

/** The set from its words, as ClickHouse answers them: hexadecimal, with or without zeros in front. */
export const daysOnOf = (words: readonly string[]): DaysOn =>
  words.map((word) => word.replace(/^0+(?=.)/, '').toLowerCase()).join(',');

/** For each of so many days whether it is in the set. */
export function daysOf(on: DaysOn, days: number): boolean[] {
  const words = on.split(',').map((word) => BigInt(`0x${word || '0'}`));
  return Array.from({ length: days }, (_, at) => {
    const word = words[Math.floor(at / wordDays)] ?? 0n;
    return ((word >> BigInt(at % wordDays)) & 1n) === 1n;
  });
}

/** How many days are in the set. */
export const countDays = (on: DaysOn): number =>
  [...on].reduce((sum, digit) => sum + (bitsOfDigit[Number.parseInt(digit, 16)] ?? 0), 0);

const bitsOfDigit = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4];

/** The set of `days` days from the day `skip` on. */
export function cutDays(on: DaysOn, skip: number, days: number): DaysOn {
  const words = on.split(',').map((word) => BigInt(`0x${word || '0'}`));
  const all = words.reduceRight((sum, word) => (sum << BigInt(wordDays)) | word, 0n);
  const cut = (all >> BigInt(skip)) & ((1n << BigInt(days)) - 1n);
  return daysOnOf(
    Array.from({ length: wordsOf(days) }, (_, at) =>
      ((cut >> BigInt(at * wordDays)) & 0xffff_ffff_ffff_ffffn).toString(16),
    ),
  );
}
