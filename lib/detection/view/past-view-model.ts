import type { Flag } from '../flags';
import type { DayResult } from '../model';

/** A customer's days as they were known at a moment. `keptSinceMs` is that of the oldest look that is kept. */
export type PastView = {
  customerId: string;
  displayName: string;
  timeZone: string;
  atMs: number;
  fromDay: string;
  toDay: string;
  days: DayResult[];
  keptSinceMs: number | null;
};

/** A day of a trend, with the flags that any conversation has. */
export type TrendDay = { day: string; affected: number; atLeast: boolean; flags: Partial<Record<Flag, number>> };

/** The days up to one, `toDay` excluded. A day that was never counted is absent. */
export type TrendView = { fromDay: string; toDay: string; days: TrendDay[] };
