import { delay } from '@/lib/clock';
import { listCustomers } from '@/lib/customers/list-customers';
import { listScans } from '@/lib/detection/list-scans';
import type { Context } from '@/lib/server/context';

const lookEveryMs = 200;
const done = new Set(['succeeded', 'failed', 'cancelled']);

/**
 * Waits until the worker has scanned every customer once. A scan that failed counts: its page says so. Returns the
 * customers whose only scans failed. Throws the signal's reason when the start is broken off.
 */
export async function waitForFirstScans(ctx: Context, signal: AbortSignal): Promise<string[]> {
  const waiting = new Set((await listCustomers(ctx)).map((customer) => customer.id));
  const failed: string[] = [];
  while (waiting.size > 0) {
    for (const customerId of waiting) {
      const scans = await listScans(ctx, { customerId, rowsMax: 20 });
      if (!scans.some((scan) => done.has(scan.status))) continue;
      waiting.delete(customerId);
      if (!scans.some((scan) => scan.status === 'succeeded')) failed.push(customerId);
    }
    if (waiting.size > 0) await delay(lookEveryMs, signal);
  }
  return failed;
}
