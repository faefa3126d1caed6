import type { CustomerTables } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { backupDigest } from '@/lib/label-store/backup-digest';
import { type JobOrder, noRows, sameDigest } from '@/lib/label-store/model';
import { wrongIdentifiers } from '@/lib/label-store/sql/wrong-identifiers';
import { insertList } from '@/lib/label-store/sql/wrong-rows';
import { wrongDigest } from '@/lib/label-store/wrong-rows';
import { count } from '@/lib/words';
import { insertOnce } from './insert-once';
import { JobEnd, type JobRun, stopHere } from './job-end';

const timeoutSeconds = 3_600;

/**
 * Copies the wrong rows of the scope, each beside its right row and in the day's backup, into a list under
 * `order.listId`; `order.expect` is their digest. A delete Job may delete what the list holds and nothing else. Throws
 * JobEnd('notAsPlanned') when they are not as ordered, and 'failed' for a part of a list that a killed Job left.
 */
export async function runProve(
  { ctx, say, signal }: JobRun,
  { order, tables }: { order: JobOrder; tables: CustomerTables },
): Promise<Record<string, number>> {
  const { scope, backupId, listId } = order;
  if (!listId) throw new JobEnd('orderRefused', 'The order names no list of wrong rows.');
  say(
    `Proving the wrong rows of ${scope.customerId}, ${scope.fromDay} to ${scope.toDay} (exclusive), ${scope.timeZone}.`,
  );
  const there = await backupDigest(ctx, { backupId: listId, tables });
  if (sameDigest(there, noRows)) {
    const now = await wrongDigest(ctx, { scope, tables, backupId });
    if (!sameDigest(now, order.expect)) throw notAsOrdered('The wrong rows', now.rows, order.expect.rows);
    stopHere(signal, 'Nothing was copied yet.');
    say(`${count(now.rows, 'wrong row')}, each beside the right row of its conversation. Copying them.`);
    const copy = {
      params: { ...scopeParams(scope), backup: backupId, list: listId },
      identifiers: wrongIdentifiers(tables),
      timeoutSeconds,
      signal,
    };
    await insertOnce(
      { say, signal },
      {
        insert: () => ctx.clickhouse.command(insertList, copy),
        isThere: async () => sameDigest(await backupDigest(ctx, { backupId: listId, tables }), order.expect),
        sentence: `ClickHouse gave no clear answer, and the list ${listId} is not whole. Nothing was deleted.`,
      },
    );
  }
  const copied = await backupDigest(ctx, { backupId: listId, tables });
  if (!sameDigest(copied, order.expect)) {
    if (!sameDigest(there, noRows))
      throw new JobEnd('failed', `The list ${listId} was begun before and is not complete. Take another attempt.`);
    throw notAsOrdered('The copied rows', copied.rows, order.expect.rows);
  }
  say(`Proven: the list holds ${count(copied.rows, 'row')}, count and hash as ordered.`);
  return { rows: copied.rows };
}

const notAsOrdered = (what: string, rows: number, expected: number) =>
  new JobEnd('notAsPlanned', `${what} are not as ordered: ${count(rows, 'row')}, ${count(expected, 'row')} expected.`, {
    numbers: { rows, expected },
  });
