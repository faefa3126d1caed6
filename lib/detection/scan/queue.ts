import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '@/lib/context';
import type { Transaction } from '@/lib/postgres/client';
import { ensureQueue, inTransaction } from '@/lib/postgres/queue';
import type { Scan } from '../model';

export const scanQueueName = 'scans';
export const ScanJob = z.object({ scanId: z.uuid() });

/** The priority from which a scan is no regular one. */
export const urgentFrom = 10;

/** A person who waits comes first. */
const priorities: Record<Scan['cause'], number> = {
  person: 30,
  'after repair': 20,
  'first start': urgentFrom,
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
  const options = { priority: priorities[scan.cause], startAfter: afterSeconds, ...inTransaction(tx) };
  await boss.send(scanQueueName, { scanId: scan.id }, options);
}
