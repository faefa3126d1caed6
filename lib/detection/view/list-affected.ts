import { checkDayRange } from '@/lib/days';
import type { Db } from '@/lib/postgres/client';
import { selectAffected } from '../scan/sql/affected';

/**
 * Every customer with what scans counted in `[fromDay, toDay)`: how many days they looked at, the affected
 * conversations, and the flags that any of them has.
 */
export async function listAffected(
  { db }: { db: Db },
  { fromDay, toDay, daysMax }: { fromDay: string; toDay: string; daysMax?: number },
): Promise<{ customerId: string; days: number; affected: number; flags: string[] }[]> {
  checkDayRange(fromDay, toDay, daysMax);
  return db.query(selectAffected, { fromDay, toDay });
}
