import type { ClickHouseSettings } from '@/lib/clickhouse/settings';
import type { CustomerTables } from '@/lib/customers/model';
import { backupDigest, rowsNotBackedUp } from '@/lib/label-store/backup-digest';
import { labelDigest } from '@/lib/label-store/label-digest';
import { type JobOrder, sameDigest } from '@/lib/label-store/model';
import { knownSettings, whyNotRestorable } from '@/lib/label-store/restorable';
import { agree, count } from '@/lib/words';
import { insertOnce } from './insert-once';
import { JobEnd, type JobRun, stopHere } from './job-end';
import { insertFromBackup } from './sql/change';

const timeoutSeconds = 3_600;

/**
 * Inserts the rows of a backup and proves that the scope's labels are the backup's, byte for byte; deletes nothing.
 * `order.expect` is the backup's digest. May run again after a kill: labels that are the backup's already stay,
 * and rows of it that are there already are replaced by themselves. Throws JobEnd('notAsPlanned') before it inserts where
 * the scope has a row that the backup lacks, or the backup is not as ordered or cannot be restored.
 */
export async function runRestore(
  run: JobRun,
  { order, tables }: { order: JobOrder; tables: CustomerTables },
): Promise<Record<string, number>> {
  const { ctx, say, signal } = run;
  const { scope, backupId, expect } = order;
  say(`Restoring the labels of ${scope.customerId}, ${scope.fromDay} to ${scope.toDay} (exclusive), from ${backupId}.`);
  const why = await whyNotRestorable(ctx, { tables, backupId });
  if (why) throw new JobEnd('notAsPlanned', `${why} Nothing was restored.`);
  const backup = await backupDigest(ctx, { backupId, tables });
  if (!sameDigest(backup, expect))
    throw new JobEnd(
      'notAsPlanned',
      `The backup is not as ordered: ${count(backup.rows, 'row')}, ${count(expect.rows, 'row')} expected. Nothing was restored.`,
    );
  if (sameDigest(await labelDigest(ctx, { scope, tables }), expect)) {
    say('The labels are those of the backup already.');
    return { rows: expect.rows, inserted: 0 };
  }
  const others = await rowsNotBackedUp(ctx, { scope, tables, backupIds: [backupId] });
  if (others > 0)
    throw new JobEnd(
      'notAsPlanned',
      `${count(others, 'label row')} of the scope ${agree(others, 'is', 'are')} not in the backup. Nothing was restored.`,
      { numbers: { others } },
    );
  stopHere(signal, 'Nothing was restored.');
  await insert(run, { order, tables });
  const restored = await labelDigest(ctx, { scope, tables });
  if (!sameDigest(restored, expect))
    throw new JobEnd(
      'failed',
      `${count(restored.rows, 'row')} are there where the backup has ${count(expect.rows, 'row')}, or other content. The labels are not complete.`,
      { numbers: { rows: restored.rows, expected: expect.rows } },
    );
  say(`Proven: ${count(restored.rows, 'row')} are back, count and hash as in the backup.`);
  return { rows: restored.rows, inserted: restored.rows };
}

async function insert({ ctx, say, signal }: JobRun, { order, tables }: { order: JobOrder; tables: CustomerTables }) {
  const knows = await knownSettings(ctx);
  // NOTE: blocks that were inserted before, which ClickHouse drops: docs/clickhouse-facts.md#repeated-inserts.
  const settings: ClickHouseSettings = { insert_deduplicate: 0, distributed_foreground_insert: 1 };
  if (knows.has('deduplicate_insert')) settings.deduplicate_insert = 'disable';
  if (tables.labels.materialized.length > 0) settings.insert_allow_materialized_columns = 1;
  say('Inserting the rows of the backup.');
  const identifiers = { ...order, columns: Object.keys(tables.labels.columns) };
  const sentence = 'The restore was interrupted: the labels are not complete. Take another attempt.';
  await insertOnce(
    { say, signal },
    {
      insert: () =>
        ctx.clickhouse.command(insertFromBackup, {
          params: { backup: order.backupId },
          identifiers: identifiers,
          settings,
          timeoutSeconds,
        }),
      isThere: async () => sameDigest(await labelDigest(ctx, { scope: order.scope, tables }), order.expect),
      sentence,
    },
  ).catch((cause) => {
    throw cause instanceof JobEnd ? cause : new JobEnd('failed', sentence, { cause });
  });
}
