import type { Db, Transaction } from '@/lib/postgres/client';
import { sumUnapproved } from '../state/sql/runs';

/** How long a delete that nobody approved counts against the next: a range cut into parts is one range. */
const countedHours = 24;

/** Label rows of a customer that were deleted without an approval in the last 24 hours, or are to be deleted yet. */
export async function unapprovedRows(db: Db | Transaction, customerId: string): Promise<number> {
  const [rows] = await db.query(sumUnapproved, { customerId, hours: countedHours });
  return rows ?? 0;
}
