import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import { ensureQueue, inTransaction } from '@/lib/postgres/queue';
import type { Scan } from '../model';

export const scanQueueName = 'scans';
export const ScanJob = z.object({ scanId: z.uuid() });

/** The priorities from which a scan is no regular one, and from which a person waits for it. */
export const askedFrom = 20;
export const personFrom = 30;

/** A person who waits comes first. */
const priorities: Record<Scan['cause'], number> = {
  person: personFrom,
  'after repair': askedFrom,
  'first start': 10,
  schedule: 0,
};

/** The queue of scans. A job only says which scan to run: what the scan has done is in its own rows. */
export async function scanQueue(ctx: Pick<Context, 'queue'>): Promise<PgBoss> {
  const boss = await ctx.queue();
  await ensureQueue(boss, scanQueueName, {
    policy: 'standard',
    expireInSeconds: 23 * 3_600,
    heartbeatSeconds: 10,
    retryLimit: 1_000,
    retryDelay: 0,
  });
  return boss;
}

/** Queues the scan when the transaction commits, and not before; a worker takes it `afterSeconds` later. */
export async function sendScan(
  boss: PgBoss,
  tx: Transaction,
  scan: Pick<Scan, 'id' | 'cause'>,
  afterSeconds = 0,
): Promise<void> {
  const priority = priorities[scan.cause];
  const group = priority < askedFrom ? { group: { id: 'regular' } } : {};
  const options = { priority, startAfter: afterSeconds, ...group, ...inTransaction(tx) };
  await boss.send(scanQueueName, { scanId: scan.id }, options);
}
