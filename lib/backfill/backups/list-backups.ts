import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import type { Customer } from '@/lib/customers/model';
import { readTablesOf } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import { tagOfBackup } from '@/lib/label-store/model';
import { readBackups } from '@/lib/label-store/read-backups';
import { selectActiveUndos } from '../plan/sql/undo';
import { type BackupView, dropRule } from './backup-model';
import { selectBackupRuns, selectDropping } from './sql/backups';

const runIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Reader = Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock'>;
type Filter = { customerId?: string; runId?: string };

/**
 * Every backup of registered customers, oldest first, or those of one customer or run: rows on disk, bytes, age, and
 * when it will be dropped. Reads the list of parts, no rows.
 */
export const listBackups = async (ctx: Reader, filter: Filter = {}): Promise<BackupView[]> =>
  (await lookForBackups(ctx, filter)).backups;

/** The same, with the customers whose tables could be read. Of the others nothing is known. */
export async function lookForBackups(
  ctx: Reader,
  filter: Filter = {},
): Promise<{ backups: BackupView[]; looked: string[] }> {
  const customers = (await listCustomers(ctx)).filter(({ id }) => !filter.customerId || id === filter.customerId);
  const customerOf = new Map(customers.map((customer) => [customer.database, customer.id]));
  const tables = await readTablesOf(ctx, [...customerOf.keys()]);
  const readable = [...tables.values()].flatMap((one) => (one instanceof AppError ? [] : [one]));
  const { backups: sizes, unread } = await readBackups(ctx, readable);
  const isLooked = ({ database }: Customer) => {
    const own = tables.get(database);
    return !(own instanceof AppError) && own !== undefined && !unread.some(({ item }) => item === own);
  };
  const looked = customers.filter(isLooked).map(({ id }) => id);
  const found = sizes
    .map((backup) => ({ ...backup, tag: tagOfBackup(backup.backupId) }))
    .filter(({ tag }) => !filter.runId || tag?.runId === filter.runId);
  const ids = [...new Set(found.map(({ tag }) => tag?.runId ?? ''))].filter((id) => runIdPattern.test(id));
  const [runs, undone, dropping] = await Promise.all([
    ctx.db.query(selectBackupRuns, { runIds: ids }),
    ctx.db.query(selectActiveUndos),
    ctx.db.query(selectDropping),
  ]);
  const runOf = new Map(runs.map((run) => [run.id, run]));
  const backups = found
    .map(({ tag, database, backupId, rows, bytes, takenAtMs }): BackupView => {
      const run = tag ? runOf.get(tag.runId) : undefined;
      return {
        backupId,
        customerId: run?.customerId ?? customerOf.get(database) ?? '',
        database,
        runId: run?.id ?? null,
        unit: tag?.unit ?? null,
        list: tag?.list ?? false,
        rows,
        bytes,
        takenAtMs,
        ...dropRule({
          takenAtMs,
          runStatus: run?.status ?? null,
          undoing: run !== undefined && undone.includes(run.id),
          dropping: dropping.some((one) => one.backupId === backupId),
          daysMax: ctx.config.backfill.backupDays,
          nowMs: ctx.clock.now(),
        }),
      };
    })
    .sort((a, b) => a.takenAtMs - b.takenAtMs || (a.backupId < b.backupId ? -1 : 1));
  return { backups, looked };
}
