import { agree, count } from '@/lib/words';
import type { Flag } from '../flags';
import type { DayResult } from '../model';

/**
 * A customer's days as they were known at a moment. `twinMs` is the other instant at which the customer's clocks showed
 * the same, or null; `keptSinceMs` is that of the oldest look that is kept.
 */
export type PastView = {
  customerId: string;
  displayName: string;
  timeZone: string;
  atMs: number;
  twinMs: number | null;
  fromDay: string;
  toDay: string;
  days: DayResult[];
  keptSinceMs: number | null;
};

/** A day of a trend, with the flags that any conversation has. */
export type TrendDay = {
  day: string;
  affected: number;
  settling: number;
  atLeast: boolean;
  flags: Partial<Record<Flag, number>>;
};

/** Whether more of a day may be affected than was counted: a limit stopped the count, or conversations are settling. */
export const isCountedInPart = ({ atLeast, settling }: Pick<TrendDay, 'atLeast' | 'settling'>): boolean =>
  atLeast || settling > 0;

/** "No conversation is affected on the 3 days that were counted. 1 day was not counted." of a trend without a flag. */
export function nothingAffected(days: readonly TrendDay[], of: number): string {
  if (days.length === 0) return 'None of these days was counted.';
  const inPart = days.filter(isCountedInPart).length;
  const [whole, uncounted] = [days.length - inPart, of - days.length];
  return [
    whole > 0
      ? `No conversation is affected on the ${count(whole, 'day')} that ${agree(whole, 'was', 'were')} counted.`
      : 'No day was counted as a whole.',
    ...(inPart > 0 ? [`${countedInPart(inPart)}.`] : []),
    ...(uncounted > 0 ? [`${count(uncounted, 'day was', 'days were')} not counted.`] : []),
  ].join(' ');
}

/** "2 days may have more affected conversations than were counted". */
export const countedInPart = (days: number): string =>
  `${count(days, 'day')} may have more affected conversations than were counted`;

/** The days up to one, `toDay` excluded. A day that was never counted is absent. */
export type TrendView = { fromDay: string; toDay: string; days: TrendDay[] };
