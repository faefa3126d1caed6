import type { DayResult, Scan } from '@/lib/detection/model';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { lockHistory, recordLooks } from './sql';

/**
 * Keeps what a scan found on the days that it really looked at, in the transaction that ends the scan. A day that
 * another scan looked at later stays as that one found it.
 */
export async function recordDays(
  tx: Transaction,
  { scanId, customerId, days }: { scanId: string; customerId: string; cause: Scan['cause']; days: DayResult[] },
): Promise<void> {
  if (days.length === 0) return;
  await tx.query(lockHistory);
  await tx.query(recordLooks, { customerId, scanId, days: storedJson(days) });
}
