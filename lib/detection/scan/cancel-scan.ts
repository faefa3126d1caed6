import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { getScan } from './get-scan';
import { markCancel } from './sql/scans';

/**
 * Cancels a scan. One that waits ends at once; one that runs stops its statements within a second. The results of its
 * finished chunks stay, and it can be resumed. Throws AppError('conflict') where it has already ended.
 */
export async function cancelScan(
  ctx: Pick<Context, 'db'>,
  { scanId }: { scanId: string },
  actor: Actor,
): Promise<void> {
  const scan = await getScan(ctx, scanId);
  await ctx.db.transaction(async (tx) => {
    const marked = await tx.query(markCancel, { id: scanId });
    if (marked.length === 0) throw new AppError('conflict', 'The scan has already ended.');
    await recordAudit(tx, actor, {
      action: 'scan.cancel',
      customerId: scan.customerId,
      subject: `${scan.fromDay} to ${scan.toDay}`,
      fromDay: scan.fromDay,
      toDay: scan.toDay,
      detail: { scanId },
    });
  });
}
