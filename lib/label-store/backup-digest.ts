import { ClickHouseError } from '@clickhouse/client';
import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { type Digest, noRows } from './model';
import { countNotBackedUp, countOutside, selectBackupCustomers, selectBackupDigest } from './sql/digest';
import { rowIdentifiers } from './sql/row-hash';

/**
 * `labelDigest` of a backup, wherever in the cluster it was taken. An unknown id has no rows; a backup table that does
 * not exist yet is the engine's error 60.
 */
export async function backupDigest(
  ctx: Pick<Context, 'clickhouse'>,
  of: { backupId: string; tables: CustomerTables },
): Promise<Digest> {
  const { rows } = await ctx.clickhouse.read(selectBackupDigest, {
    params: { backup: of.backupId },
    identifiers: { labelsLocal: of.tables.labels.local, cluster: of.tables.cluster, ...rowIdentifiers(of.tables) },
  });
  return rows[0] ? { rows: rows[0].rows, hash: rows[0].hash } : noRows;
}

type Of = { tables: CustomerTables; backupIds: string[] };

/** How many rows of backups are not in a scope. A backup table that does not exist yet has none. */
export async function rowsOutside(
  ctx: Pick<Context, 'clickhouse'>,
  { scope, tables, backupIds }: Of & { scope: Scope },
): Promise<number> {
  const found = await orNone(
    ctx.clickhouse.readOne(countOutside, {
      params: { ...scopeParams(scope), backups: backupIds },
      identifiers: { labelsLocal: tables.labels.local, cluster: tables.cluster },
    }),
  );
  return found?.rows ?? 0;
}

/** The customers whose rows backups hold. */
export async function customersOf(ctx: Pick<Context, 'clickhouse'>, { tables, backupIds }: Of): Promise<string[]> {
  const found = await orNone(
    ctx.clickhouse.read(selectBackupCustomers, {
      params: { backups: backupIds },
      identifiers: { labelsLocal: tables.labels.local, cluster: tables.cluster },
    }),
  );
  return found?.rows ?? [];
}

/** Null where there is no backup table. */
const orNone = <T>(answer: Promise<T>): Promise<T | null> =>
  answer.catch((error) => {
    if (error instanceof ClickHouseError && error.code === '60') return null;
    throw error;
  });

/** How many label rows (newest per label key) of the scope these backups lack: a delete does not take them. */
export async function rowsNotBackedUp(
  ctx: Pick<Context, 'clickhouse'>,
  { scope, tables, backupIds }: Of & { scope: Scope },
): Promise<number> {
  const { rows } = await ctx.clickhouse.readOne(countNotBackedUp, {
    params: { ...scopeParams(scope), backups: backupIds },
    identifiers: {
      labels: tables.labels.distributed,
      labelsLocal: tables.labels.local,
      cluster: tables.cluster,
      ...rowIdentifiers(tables),
    },
  });
  return rows;
}
