import type { ClickHouseSettings } from '@/lib/clickhouse/settings';
import type { CustomerTables } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { backupDigest } from '@/lib/label-store/backup-digest';
import { backupShape, unfitBackupTable } from '@/lib/label-store/backup-shape';
import { labelDigest } from '@/lib/label-store/label-digest';
import { type JobOrder, noRows, sameDigest } from '@/lib/label-store/model';
import { knownSettings } from '@/lib/label-store/restorable';
import { rowIdentifiers } from '@/lib/label-store/sql/row-hash';
import { count } from '@/lib/words';
import { insertOnce } from './insert-once';
import { JobEnd, type JobRun, stopHere } from './job-end';
import { createBackupTable, insertBackup } from './sql/change';

const timeoutSeconds = 3_600;

/**
 * Copies the scope's label rows into the backup table under the order's id, and proves the copy by count and hash. A
 * backup that is complete already is proven again and kept; a part of one, left by a killed Job, is refused, since
 * every attempt has another id. Returns its numbers. Throws JobEnd('notAsPlanned') when the labels are not what
 * the order expects.
 */
export async function runBackup(
  { ctx, say, signal }: JobRun,
  { order, tables }: { order: JobOrder; tables: CustomerTables },
): Promise<Record<string, number>> {
  const { scope, backupId, labelsLocal, cluster, labels } = order;
  say(
    `Backing up the labels of ${scope.customerId}, ${scope.fromDay} to ${scope.toDay} (exclusive), ${scope.timeZone}.`,
  );
  const before = await labelDigest(ctx, { scope, tables });
  if (!sameDigest(before, order.expect)) {
    throw new JobEnd(
      'notAsPlanned',
      `The labels changed since the plan: ${count(before.rows, 'row')} are there, ${count(order.expect.rows, 'row')} were planned${before.rows === order.expect.rows ? ', with other content' : ''}. Nothing was copied.`,
      { numbers: { rows: before.rows, expected: order.expect.rows } },
    );
  }
  say(`${count(before.rows, 'row')}, count and hash as planned.`);
  stopHere(signal, 'Nothing was copied yet.');
  const identifiers = { labelsLocal, cluster, columns: tables.labels.columns };
  const settings = await typeSettings(ctx);
  await ctx.clickhouse.again(
    () => ctx.clickhouse.command(createBackupTable, { identifiers: identifiers, settings }),
    signal,
  );
  await refuseOtherColumns(ctx, tables);
  const there = await backupDigest(ctx, { backupId, tables });
  if (!sameDigest(there, noRows) && !sameDigest(there, order.expect)) {
    throw new JobEnd('failed', `The backup ${backupId} was begun before and is not complete. Take another attempt.`, {
      numbers: { rows: there.rows, expected: order.expect.rows },
    });
  }
  if (sameDigest(there, noRows) && order.expect.rows > 0) {
    say(`Copying to ${labelsLocal.table}_slc_backup as ${backupId}.`);
    const copy = {
      params: { ...scopeParams(scope), backup: backupId },
      identifiers: { labels, labelsLocal, ...rowIdentifiers(tables) },
      timeoutSeconds,
      signal,
    };
    await insertOnce(
      { say, signal },
      {
        insert: () => ctx.clickhouse.command(insertBackup, copy),
        isThere: async () => sameDigest(await backupDigest(ctx, { backupId, tables }), order.expect),
        sentence: `ClickHouse gave no clear answer, and the backup ${backupId} is not whole. Nothing was deleted.`,
      },
    );
  }
  const copied = await backupDigest(ctx, { backupId, tables });
  if (!sameDigest(copied, order.expect)) {
    throw new JobEnd(
      'notAsPlanned',
      `The backup is not what was planned: ${count(copied.rows, 'row')} were copied, ${count(order.expect.rows, 'row')} were expected. The labels changed while they were copied.`,
      { numbers: { rows: copied.rows, expected: order.expect.rows } },
    );
  }
  say(`Proven: the backup holds ${count(copied.rows, 'row')}, count and hash as planned.`);
  return { rows: copied.rows };
}

/** What lets every type that the labels have into a copy of their columns. */
async function typeSettings(ctx: JobRun['ctx']): Promise<ClickHouseSettings> {
  const known = [...(await knownSettings(ctx))].filter((name) => /^(allow|enable)_.*_types?$/.test(name));
  return Object.fromEntries(known.map((name) => [name, 1]));
}

/** A backup table from before the labels got another column cannot hold them whole. */
async function refuseOtherColumns(ctx: JobRun['ctx'], tables: CustomerTables): Promise<void> {
  const fault = unfitBackupTable(tables, await backupShape(ctx, tables));
  if (fault) throw new JobEnd('failed', `${fault} Nothing was copied.`);
}
