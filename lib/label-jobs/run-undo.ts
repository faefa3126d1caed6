import type { ClickHouseSettings } from '@/lib/clickhouse/settings';
import { delay } from '@/lib/clock';
import type { CustomerTables } from '@/lib/customers/model';
import { backupDigest, rowsNotBackedUp } from '@/lib/label-store/backup-digest';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import { labelDigest } from '@/lib/label-store/label-digest';
import { type JobOrder, sameDigest } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { knownSettings, whyNotRestorable } from '@/lib/label-store/restorable';
import { agree, count } from '@/lib/words';
import { insertOnce } from './insert-once';
import { JobEnd, type JobRun, stopHere } from './job-end';
import { insertFromBackup } from './sql/change';
import { submitDelete } from './submit-delete';
import { waitForDelete } from './wait-for-delete';

const timeoutSeconds = 3_600;

/**
 * Puts the scope back to what the backup holds, byte for byte: deletes the labels that are there now, each of which
 * this backup or `order.replacedId` holds, then restores the rows and proves them. `order.expect` is the backup's
 * digest. May run again after a kill: labels that are the backup's already are kept, a tag that is seen is waited for,
 * and a half restored scope ends as 'rowsLeft', for the next attempt to delete and restore again.
 */
export async function runUndo(
  run: JobRun,
  ordered: { order: JobOrder; tables: CustomerTables },
): Promise<Record<string, number>> {
  const { ctx, say, signal } = run;
  const { order, tables } = ordered;
  const { scope, backupId } = order;
  say(`Restoring the labels of ${scope.customerId}, ${scope.fromDay} to ${scope.toDay} (exclusive), from ${backupId}.`);
  const why = await whyNotRestorable(ctx, { tables, backupId });
  if (why) throw new JobEnd('notAsPlanned', `${why} Nothing was changed.`);
  const backup = await backupDigest(ctx, { backupId, tables });
  if (!sameDigest(backup, order.expect)) {
    throw new JobEnd(
      'notAsPlanned',
      `The backup is not as ordered: ${count(backup.rows, 'row')}, ${count(order.expect.rows, 'row')} expected. Nothing was changed.`,
    );
  }
  const areBack = async () => sameDigest(await labelDigest(ctx, { scope, tables }), backup);
  const nothingToDo = () => {
    say('The labels are those of the backup already.');
    return { rows: backup.rows, deleted: 0 };
  };
  if (await areBack()) return nothingToDo();
  await waitForEarlier(run, ordered);
  const there = await countLabelRows(ctx, { scope, tables });
  const submitted = (await mutationProgress(ctx, { tables, tag: order.tag })).length > 0;
  if (there > 0 && !submitted) {
    const backupIds = [backupId, ...(order.replacedId ? [order.replacedId] : [])];
    await refuseUnsaved(ctx, { ...ordered, backupIds });
    stopHere(signal, 'Nothing was changed.');
    // NOTE: a Job that was taken for dead looks once more, since another may have brought the rows back meanwhile.
    if (await areBack()) return nothingToDo();
    await submitDelete(run, { ...ordered, tag: order.tag, backupIds });
  }
  if (there > 0 || submitted)
    await waitForDelete(run, { tables, tag: order.tag, rowsLeft: () => countLabelRows(ctx, { scope, tables }) });
  stopHere(signal, 'The labels are deleted and not restored yet.');
  await restore(run, ordered);
  const restored = await labelDigest(ctx, { scope, tables });
  if (!sameDigest(restored, backup)) {
    throw new JobEnd(
      'failed',
      `${count(restored.rows, 'row')} were restored where the backup has ${count(backup.rows, 'row')}. The labels are not complete.`,
      { numbers: { rows: restored.rows, expected: backup.rows } },
    );
  }
  say(`Proven: ${count(restored.rows, 'row')} are back, count and hash as in the backup.`);
  return { rows: restored.rows, deleted: there };
}

/** Refuses rows that neither backup holds, since they would be lost. */
async function refuseUnsaved(
  ctx: JobRun['ctx'],
  { order, tables, backupIds }: { order: JobOrder; tables: CustomerTables; backupIds: string[] },
): Promise<void> {
  const unsaved = await rowsNotBackedUp(ctx, { scope: order.scope, tables, backupIds });
  if (unsaved === 0) return;
  throw new JobEnd(
    'notAsPlanned',
    `${count(unsaved, 'label row')} of the scope ${agree(unsaved, 'is', 'are')} in no backup. Nothing was changed by this Job.`,
    { numbers: { unsaved } },
  );
}

/** A delete of an attempt before this one, whose Job died, may still be running: it is waited for, not repeated. */
async function waitForEarlier(
  { ctx, say, signal }: JobRun,
  { order, tables }: { order: JobOrder; tables: CustomerTables },
) {
  const tag = order.tag.slice(0, order.tag.lastIndexOf('/'));
  for (let waitMs = 50; ; waitMs = Math.min(1_000, waitMs * 1.5)) {
    const earlier = await mutationProgress(ctx, { tables, tag, under: true });
    const atWork = earlier.filter((one) => !one.isDone && !one.isKilled);
    if (atWork.length === 0) return;
    if (waitMs === 50) say('A delete of this day is at work already. Waiting for it.');
    stopHere(signal, 'The mutation goes on in ClickHouse.');
    await delay(waitMs);
  }
}

async function restore({ ctx, say, signal }: JobRun, { order, tables }: { order: JobOrder; tables: CustomerTables }) {
  const knows = await knownSettings(ctx);
  // NOTE: blocks that were inserted before, which ClickHouse drops: docs/clickhouse-facts.md#repeated-inserts.
  const settings: ClickHouseSettings = { insert_deduplicate: 0, distributed_foreground_insert: 1 };
  if (knows.has('deduplicate_insert')) settings.deduplicate_insert = 'disable';
  if (tables.labels.materialized.length > 0) settings.insert_allow_materialized_columns = 1;
  say('Restoring the rows of the backup.');
  const names = { ...order, columns: Object.keys(tables.labels.columns) };
  const sentence = 'The restore was interrupted: the labels are not complete. Take another attempt.';
  await insertOnce(
    { say, signal },
    {
      insert: () =>
        ctx.clickhouse.command(insertFromBackup, {
          params: { backup: order.backupId },
          names,
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
