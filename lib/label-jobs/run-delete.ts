import { ClickHouseError } from '@clickhouse/client';
import type { CustomerTables } from '@/lib/customers/model';
import { backupDigest, rowsNotBackedUp } from '@/lib/label-store/backup-digest';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import { labelDigest } from '@/lib/label-store/label-digest';
import { type Digest, type JobOrder, noRows, sameDigest } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { whyNotRestorable } from '@/lib/label-store/restorable';
import { count } from '@/lib/words';
import { JobEnd, type JobRun, stopHere } from './job-end';
import { submitDelete } from './submit-delete';

type Ordered = { order: JobOrder; tables: CustomerTables };

/**
 * Proves that labels and backup are as ordered, submits the delete of the scope's label rows that the backup holds, and
 * ends: the worker waits for the mutation and counts what is left. May run again after a kill at any point: it looks
 * for its tag before all else and never submits twice. Before an undo's delete, what it brings back must be restorable.
 * Throws JobEnd('notAsPlanned') before anything changes, and what `submitDelete` throws.
 */
export async function runDelete(run: JobRun, ordered: Ordered): Promise<Record<string, number>> {
  const { ctx, say, signal } = run;
  const { order, tables } = ordered;
  const { scope } = order;
  say(`Deleting the labels of ${scope.customerId}, ${scope.fromDay} to ${scope.toDay} (exclusive), ${scope.timeZone}.`);
  if ((await mutationProgress(ctx, { tables, tag: order.tag })).length > 0) {
    say('The delete of this attempt was submitted before.');
    return { rows: order.expect.rows, submitted: 0 };
  }
  const onDisk = await countLabelRows(ctx, { scope, tables });
  if (onDisk === 0) {
    say('There is no label row in the scope, so there is nothing to delete.');
    return { rows: 0, submitted: 0 };
  }
  const backupIds = [order.backupId, ...(order.restores?.isPartlyBack ? [order.restores.backupId] : [])];
  await prove(ctx, ordered, backupIds);
  say(`${count(order.expect.rows, 'label row')} and their backup are as ordered (${count(onDisk, 'row')} on disk).`);
  stopHere(signal, 'Nothing was deleted.');
  await submitDelete(run, { ...ordered, tag: order.tag, backupIds });
  return { rows: order.expect.rows, rowsOnDisk: onDisk, submitted: 1 };
}

/** Every row that goes is in a backup as it is, and what is to come back afterwards can be restored. */
async function prove(ctx: JobRun['ctx'], { order, tables }: Ordered, backupIds: string[]): Promise<void> {
  const { scope, restores } = order;
  const why = restores ? await whyNotRestorable(ctx, { tables, backupId: restores.backupId }) : null;
  if (why) throw new JobEnd('notAsPlanned', `${why} Nothing was deleted.`);
  const now = await labelDigest(ctx, { scope, tables });
  if (!sameDigest(now, order.expect)) throw notAsPlanned('The labels', now, order.expect);
  const backups = [{ backupId: order.backupId, expect: order.expectBackup ?? order.expect }, restores];
  for (const wanted of backups) {
    if (!wanted) continue;
    const backup = await backupDigest(ctx, { backupId: wanted.backupId, tables }).catch((error) => {
      if (error instanceof ClickHouseError && error.code === '60') return noRows;
      throw error;
    });
    if (!sameDigest(backup, wanted.expect)) throw notAsPlanned('The backup', backup, wanted.expect);
  }
  const unsaved = await rowsNotBackedUp(ctx, { scope, tables, backupIds });
  if (unsaved > 0)
    throw new JobEnd(
      'notAsPlanned',
      `The backup lacks ${count(unsaved, 'label row')} of the scope. Nothing was deleted.`,
      { numbers: { unsaved } },
    );
}

function notAsPlanned(what: string, found: Digest, expected: Digest): JobEnd {
  const content = found.rows === expected.rows ? ', with other content' : '';
  return new JobEnd(
    'notAsPlanned',
    `${what} ${what.endsWith('s') ? 'are' : 'is'} not as ordered: ${count(found.rows, 'row')}, ${count(expected.rows, 'row')} expected${content}. Nothing was deleted.`,
    { numbers: { rows: found.rows, expected: expected.rows } },
  );
}
