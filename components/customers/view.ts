import type { RunSummary } from '@/lib/backfill/state/model';
import type { ConversationsPage, CustomerOverview, DayResult, Scan } from '@/lib/detection/model';

/** What the page of one customer shows. */
export type CustomerView = {
  overview: CustomerOverview;
  fromDay: string;
  toDay: string;
  days: DayResult[];
  scans: Scan[];
  activeRuns: RunSummary[];
  /** As `judgedFromMs` has it. */
  judgedFromMs: number | null;
};

/** What the page of one day shows. `day` is null when it was never scanned. */
export type DayView = {
  customerId: string;
  displayName: string;
  timeZone: string;
  day: DayResult | null;
  /** As `judgedFromMs` has it. */
  judgedFromMs: number | null;
  conversations: ConversationsPage;
};
