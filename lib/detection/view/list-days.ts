import { checkDayRange } from '@/lib/days';
import type { Db } from '@/lib/postgres/client';
import type { DayResult } from '../model';
import { selectDays } from '../scan/sql/scan-results';

/**
 * The newest stored result of each day of the range, a year at most unless `daysMax` says otherwise, oldest first. A
 * day that was never scanned is absent.
 */
export async function listDays(
  { db }: { db: Db },
  { customerId, fromDay, toDay }: { customerId: string; fromDay: string; toDay: string },
  daysMax?: number,
): Promise<DayResult[]> {
  checkDayRange(fromDay, toDay, daysMax);
  return (await db.query(selectDays, { customerId, fromDay, toDay })).map((row) => row.day);
}
