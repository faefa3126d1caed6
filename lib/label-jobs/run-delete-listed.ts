import type { CustomerTables } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { backupDigest } from '@/lib/label-store/backup-digest';
import { type JobOrder, listTagText, sameDigest, tagOfBackup } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { wrongIdentifiers } from '@/lib/label-store/sql/wrong-identifiers';
import { countListedUnproven } from '@/lib/label-store/sql/wrong-rows';
import { countListedRows } from '@/lib/label-store/wrong-rows';
import { agree, count } from '@/lib/words';
import { JobEnd, type JobRun, stopHere } from './job-end';
import { submitDelete } from './submit-delete';

/**
 * Submits the delete of exactly the rows of a proven list, as one mutation, and ends. Its tag is the list's, so that no
 * Job of any attempt submits it twice. Before that every row that is still there must be beside the right row of its
 * conversation, else JobEnd('notAsPlanned') and nothing changes.
 */
export async function runDeleteListed(
  run: JobRun,
  { order, tables }: { order: JobOrder; tables: CustomerTables },
): Promise<Record<string, number>> {
  const { ctx, say, signal } = run;
  const { scope, listId = '' } = order;
  const list = tagOfBackup(listId);
  if (!list?.list) throw new JobEnd('orderRefused', `"${listId}" is no list of wrong rows.`);
  say(
    `Deleting the wrong rows of ${scope.customerId}, ${scope.fromDay} to ${scope.toDay} (exclusive), ${scope.timeZone}.`,
  );
  const tag = listTagText(list);
  const earlier = await mutationProgress(ctx, { tables, tag });
  if (earlier.some((one) => !one.isKilled)) {
    say('The delete of this list was submitted before.');
    return { rows: order.expect.rows, submitted: 0 };
  }
  const found = await backupDigest(ctx, { backupId: listId, tables });
  if (!sameDigest(found, order.expect))
    throw new JobEnd(
      'notAsPlanned',
      `The list holds ${count(found.rows, 'row')}, ${count(order.expect.rows, 'row')} expected. Nothing was deleted.`,
    );
  if ((await countListedRows(ctx, { scope, tables, listId })) === 0) {
    say('No row of the list is left, so there is nothing to delete.');
    return { rows: order.expect.rows, submitted: 0 };
  }
  const { rows: unproven } = await ctx.clickhouse.readOne(countListedUnproven, {
    params: { ...scopeParams(scope), list: listId },
    identifiers: wrongIdentifiers(tables),
  });
  if (unproven > 0)
    throw new JobEnd(
      'notAsPlanned',
      `${count(unproven, 'row')} of the list ${agree(unproven, 'is', 'are')} no longer beside the right row of the conversation. Nothing was deleted by this Job.`,
      { numbers: { unproven } },
    );
  stopHere(signal, 'Nothing was deleted.');
  await submitDelete(run, { order, tables, tag, backupIds: [listId] });
  return { rows: order.expect.rows, submitted: 1 };
}
