import type { CustomerTables } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { backupDigest } from '@/lib/label-store/backup-digest';
import { type JobOrder, listTagText, sameDigest, tagOfBackup } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { wrongNames } from '@/lib/label-store/sql/wrong-names';
import { countListedUnproven } from '@/lib/label-store/sql/wrong-rows';
import { countListedRows } from '@/lib/label-store/wrong-rows';
import { agree, count } from '@/lib/words';
import { JobEnd, type JobRun, stopHere } from './job-end';
import { submitDelete } from './submit-delete';
import { waitForDelete } from './wait-for-delete';

type Ordered = { order: JobOrder & { listId: string }; tables: CustomerTables };

/**
 * Deletes exactly the rows of a proven list, as one mutation; returns when none is left on any replica. Its tag is the
 * list's, so that whichever Job of whichever attempt finds it waits and never submits it twice. Before that every row
 * that is still there must be beside the right row of its conversation, else JobEnd('notAsPlanned') and nothing changes.
 */
export async function runDeleteListed(run: JobRun, ordered: Ordered): Promise<Record<string, number>> {
  const { ctx, say, signal } = run;
  const { order, tables } = ordered;
  const { scope, listId } = order;
  const list = tagOfBackup(listId);
  if (!list) throw new JobEnd('orderRefused', `"${listId}" is no list of wrong rows.`);
  say(
    `Deleting the wrong rows of ${scope.customerId}, ${scope.fromDay} to ${scope.toDay} (exclusive), ${scope.timeZone}.`,
  );
  const found = await backupDigest(ctx, { backupId: listId, tables });
  if (!sameDigest(found, order.expect))
    throw new JobEnd(
      'notAsPlanned',
      `The list holds ${count(found.rows, 'row')}, ${count(order.expect.rows, 'row')} expected. Nothing was deleted.`,
    );
  const numbers = { rows: order.expect.rows, rowsLeft: 0 };
  const rowsLeft = () => countListedRows(ctx, { scope, tables, listId });
  if ((await rowsLeft()) === 0) {
    say('No row of the list is left, so there is nothing to delete.');
    return numbers;
  }
  const { rows: unproven } = await ctx.clickhouse.readOne(countListedUnproven, {
    params: { ...scopeParams(scope), list: listId },
    names: wrongNames(tables),
  });
  if (unproven > 0)
    throw new JobEnd(
      'notAsPlanned',
      `${count(unproven, 'row')} of the list ${agree(unproven, 'is', 'are')} no longer beside the right row of the conversation. Nothing was deleted by this Job.`,
      { numbers: { unproven } },
    );
  const tag = listTagText(list);
  const earlier = await mutationProgress(ctx, { tables, tag });
  if (earlier.some((one) => !one.isKilled)) say('The delete of this list was submitted before. Waiting for it.');
  else {
    stopHere(signal, 'Nothing was deleted.');
    await submitDelete(run, { order, tables, tag, backupIds: [listId] });
  }
  await waitForDelete(run, { tables, tag, rowsLeft, what: 'the list' });
  return numbers;
}
