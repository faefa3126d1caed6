import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { instantsOf } from '@/lib/customers/unit-model';
import { type Digest, noRows } from './model';
import { wrongIdentifiers } from './sql/wrong-identifiers';
import { countBackupNotRight, countListed, countNotRight, selectUnproven, selectWrongDigest } from './sql/wrong-rows';

type Reads = Pick<Context, 'clickhouse'>;
type Of = { scope: Scope; tables: CustomerTables };

/** Label rows of closed truth that are not its right row, per unit of a scope: what a no-gap repair deletes. */
export async function wrongRowsByUnit(
  ctx: Reads,
  { scope, tables, units }: Of & { units: readonly string[] },
): Promise<Map<string, number>> {
  const ranges = units.map((unit) => instantsOf(unit, scope.timeZone));
  const { rows } = await ctx.clickhouse.read(countNotRight, {
    params: { ...scopeParams(scope), ...rangesParams(ranges) },
    identifiers: wrongIdentifiers(tables),
  });
  const found = new Map(rows.map((row) => [row.at, row.rows]));
  return new Map(units.map((unit, at) => [unit, found.get(ranges[at]?.fromMs ?? 0) ?? 0]));
}

/** Conversations of closed truth with labels of which none is right; at most 10,001. */
export async function unprovenConversations(ctx: Reads, { scope, tables }: Of): Promise<string[]> {
  const { rows } = await ctx.clickhouse.read(selectUnproven, {
    params: scopeParams(scope),
    identifiers: wrongIdentifiers(tables),
  });
  return rows;
}

/** Count and hash of the rows that a backup holds and whose conversation has its right row under another key. */
export async function wrongDigest(ctx: Reads, { scope, tables, backupId }: Of & { backupId: string }): Promise<Digest> {
  const { rows } = await ctx.clickhouse.read(selectWrongDigest, {
    params: { ...scopeParams(scope), backup: backupId },
    identifiers: wrongIdentifiers(tables),
  });
  return rows[0] ? { rows: rows[0].rows, hash: rows[0].hash } : noRows;
}

/** Rows of a list of wrong rows that still lie on some replica; ones written again since do not count. */
export async function countListedRows(ctx: Reads, { scope, tables, listId }: Of & { listId: string }): Promise<number> {
  const { rows } = await ctx.clickhouse.readOne(countListed, {
    params: { ...scopeParams(scope), list: listId },
    identifiers: wrongIdentifiers(tables),
  });
  return rows;
}

/** Conversations whose labels in a backup are not what the truth says now. */
export async function staleInBackup(
  ctx: Reads,
  { scope, tables, backupId }: Of & { backupId: string },
): Promise<number> {
  const { conversations } = await ctx.clickhouse.readOne(countBackupNotRight, {
    params: { ...scopeParams(scope), backup: backupId },
    identifiers: wrongIdentifiers(tables),
  });
  return conversations;
}
