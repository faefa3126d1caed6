import type { ConversationsPage, DayResult } from '../model';

/** What the page of one day shows. `day` is null when the day was never scanned. */
export type DayView = {
  customerId: string;
  displayName: string;
  timeZone: string;
  day: DayResult | null;
  /** See `judgedFromMs`. */
  judgedFromMs: number | null;
  conversations: ConversationsPage;
};
