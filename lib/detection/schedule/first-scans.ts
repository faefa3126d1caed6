import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import { every, poll } from '@/lib/poll';
import { listScans } from '../scan/list-scans';

const lookEveryMs = 200;

/**
 * Waits until every customer has a scan that ended, in whatever way. Returns the customers of which none succeeded.
 * Throws the signal's reason when it aborts.
 */
export async function firstScans(ctx: Pick<Context, 'db'>, signal: AbortSignal): Promise<string[]> {
  const waiting = new Set((await listCustomers(ctx)).flatMap(({ id, state }) => (state === 'active' ? [id] : [])));
  const failed: string[] = [];
  await poll({ ...every(lookEveryMs), signal }, async () => {
    for (const customerId of [...waiting]) {
      const ended = (await listScans(ctx, { customerId, rowsMax: 20 })).filter((scan) => scan.endedAtMs !== null);
      if (ended.length === 0) continue;
      waiting.delete(customerId);
      if (!ended.some((scan) => scan.status === 'succeeded')) failed.push(customerId);
    }
    return waiting.size === 0 ? true : null;
  });
  return failed;
}
