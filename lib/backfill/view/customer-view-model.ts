import type { DayResult, Scan } from '@/lib/detection/model';
import type { RunSummary } from '../state/model';

/** What the page of one customer shows. */
export type CustomerView = {
  customer: { customerId: string; displayName: string; timeZone: string; countedAtMs: number | null };
  fromDay: string;
  toDay: string;
  days: DayResult[];
  scans: Scan[];
  activeRuns: RunSummary[];
  /** See `judgedFromMs`. */
  judgedFromMs: number | null;
};
