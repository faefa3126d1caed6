import type { CustomerTables } from '@/lib/customers/model';
import { backupDigest } from '@/lib/label-store/backup-digest';
import type { DropOrder } from '@/lib/label-store/model';
import { agree, count } from '@/lib/words';
import { JobEnd, type JobRun, stopHere } from './job-end';
import { dropBackup } from './sql/change';

/**
 * Drops the ordered backups, one partition each, and counts that nothing of them is left. One that is gone already is
 * skipped, so it may run again after a kill at any point.
 */
export async function runDrop(
  { ctx, say, signal }: JobRun,
  { order, tables }: { order: DropOrder; tables: CustomerTables },
): Promise<Record<string, number>> {
  let dropped = 0;
  for (const backupId of order.backupIds) {
    stopHere(
      signal,
      `${count(dropped, 'backup')} of ${order.backupIds.length} ${agree(dropped, 'was', 'were')} dropped.`,
    );
    const { rows } = await backupDigest(ctx, { backupId, tables });
    if (rows === 0) {
      say(`${backupId} holds no row.`);
      continue;
    }
    say(`Dropping ${backupId}, ${count(rows, 'row')}.`);
    const drop = { params: { backup: backupId }, identifiers: order, timeoutSeconds: 600 };
    await ctx.clickhouse.again(() => ctx.clickhouse.command(dropBackup, drop), signal);
    const left = await backupDigest(ctx, { backupId, tables });
    if (left.rows > 0) throw new JobEnd('rowsLeft', `${count(left.rows, 'row')} of ${backupId} are left.`);
    dropped += 1;
  }
  return { dropped, asked: order.backupIds.length };
}
