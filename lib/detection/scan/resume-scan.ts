import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { getScan } from './get-scan';
import { scanQueue, scanQueueName, sendScan } from './queue';
import { lockWaitingJob } from './sql/requests';
import { markResumed } from './sql/scans';

/**
 * Resumes a cancelled or failed scan. Its finished chunks are not read again. Throws AppError('conflict') for any other
 * scan.
 */
export async function resumeScan(
  ctx: Pick<Context, 'db' | 'queue'>,
  { scanId }: { scanId: string },
  actor: Actor,
): Promise<void> {
  const scan = await getScan(ctx, scanId);
  const boss = await scanQueue(ctx);
  await ctx.db.transaction(async (tx) => {
    const marked = await tx.query(markResumed, { id: scanId });
    if (marked.length === 0)
      throw new AppError('conflict', 'Only a cancelled or failed scan can be resumed, and this one is neither.');
    await recordAudit(tx, actor, {
      action: 'scan.resume',
      customerId: scan.customerId,
      subject: `${scan.fromDay} to ${scan.toDay}`,
      fromDay: scan.fromDay,
      toDay: scan.toDay,
      detail: { scanId },
    });
    // A scan that was cancelled while it waited still has its job.
    const [waiting] = await tx.query(lockWaitingJob, { id: scanId, queue: scanQueueName });
    if (!waiting) await sendScan(boss, tx, scan);
  });
}
