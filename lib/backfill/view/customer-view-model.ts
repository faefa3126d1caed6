import type { DayResult, Scan } from '@/lib/detection/model';
import type { CustomerSummary } from '@/lib/detection/view/summary-model';
import type { RunSummary } from '../state/model';

/** What the page of one customer shows. */
export type CustomerView = {
  customer: Pick<CustomerSummary, 'customerId' | 'displayName' | 'state' | 'countedAtMs'> & { timeZone: string };
  fromDay: string;
  toDay: string;
  days: DayResult[];
  scans: Scan[];
  activeRuns: RunSummary[];
  /** See `judgedFromMs`. */
  judgedFromMs: number | null;
};
