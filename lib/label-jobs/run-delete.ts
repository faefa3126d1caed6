import { ClickHouseError } from '@clickhouse/client';
import type { CustomerTables } from '@/lib/customers/model';
import { backupDigest, rowsNotBackedUp } from '@/lib/label-store/backup-digest';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import { labelDigest } from '@/lib/label-store/label-digest';
import { type Digest, type JobOrder, noRows, sameDigest } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { count } from '@/lib/words';
import { JobEnd, type JobRun, stopHere } from './job-end';
import { submitDelete } from './submit-delete';
import { waitForDelete } from './wait-for-delete';

/**
 * Deletes the scope's label rows that the backup holds, and returns when no row of the scope is left on any replica;
 * one that was written after the backup is left, so that the Job ends as 'rowsLeft' and never as done. May run again after a kill at any
 * point: it looks for its tag before all else, and a delete that was submitted is waited for, never submitted twice.
 * Before it submits, the labels and the backup must be as ordered, else JobEnd('notAsPlanned') and nothing changes.
 * Other ends: see `submitDelete` and `waitForDelete`.
 */
export async function runDelete(
  run: JobRun,
  ordered: { order: JobOrder; tables: CustomerTables },
): Promise<Record<string, number>> {
  const { ctx, say, signal } = run;
  const { order, tables } = ordered;
  const { scope } = order;
  say(`Deleting the labels of ${scope.customerId}, ${scope.fromDay} to ${scope.toDay} (exclusive), ${scope.timeZone}.`);
  const rowsLeft = () => countLabelRows(ctx, { scope, tables });
  const wait = { tables, tag: order.tag, rowsLeft };
  const earlier = await mutationProgress(ctx, { tables, tag: order.tag });
  if (earlier.length > 0) {
    say('The delete of this attempt was submitted before. Waiting for it.');
    return { rows: order.expect.rows, rowsLeft: 0, ...(await waitForDelete(run, wait)) };
  }
  const lying = await rowsLeft();
  if (lying === 0) {
    say('There is no label row in the scope, so there is nothing to delete.');
    return { rows: 0, rowsLeft: 0, replicas: 0 };
  }
  await prove(ctx, ordered);
  say(`${count(order.expect.rows, 'label row')} and their backup are as ordered (${count(lying, 'row')} on disk).`);
  stopHere(signal, 'Nothing was deleted.');
  await submitDelete(run, { ...ordered, tag: order.tag, backupIds: [order.backupId] });
  return { rows: order.expect.rows, rowsOnDisk: lying, rowsLeft: 0, ...(await waitForDelete(run, wait)) };
}

async function prove(ctx: JobRun['ctx'], { order, tables }: { order: JobOrder; tables: CustomerTables }) {
  const now = await labelDigest(ctx, { scope: order.scope, tables });
  if (!sameDigest(now, order.expect)) throw notAsPlanned('The labels', now, order.expect);
  const expected = order.expectBackup ?? order.expect;
  const backup = await backupDigest(ctx, { backupId: order.backupId, tables }).catch((error) => {
    if (error instanceof ClickHouseError && error.code === '60') return noRows;
    throw error;
  });
  if (!sameDigest(backup, expected)) throw notAsPlanned('The backup', backup, expected);
  const unsaved = await rowsNotBackedUp(ctx, { scope: order.scope, tables, backupIds: [order.backupId] });
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
