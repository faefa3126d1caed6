import { listCustomers } from '@/lib/customers/list-customers';
import type { CustomerTables } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import type { Context } from '@/lib/server/context';

const keptMs = 60_000;

/** The label table of a database, and the customers whose labels are in it. */
export type LabelTable = { customers: string[]; tables: CustomerTables };
type Found = { tables: LabelTable[]; unreadable: { customers: string[]; sentence: string }[] };

const kept = new WeakMap<object, { atMs: number; found: Promise<Found> }>();

/**
 * The label tables of all customers, one for each database, kept for a minute because pages poll it; a database whose
 * tables cannot be read is named. Throws AppError('unavailable') when ClickHouse does not answer at all.
 */
export function labelTables(ctx: Pick<Context, 'db' | 'clickhouse' | 'clock' | 'config'>): Promise<Found> {
  const nowMs = ctx.clock.now();
  const known = kept.get(ctx.clickhouse);
  if (known && nowMs - known.atMs < keptMs && nowMs >= known.atMs) return known.found;
  const found = readAll(ctx);
  kept.set(ctx.clickhouse, { atMs: nowMs, found });
  found.catch(() => kept.delete(ctx.clickhouse));
  return found;
}

async function readAll(ctx: Pick<Context, 'db' | 'clickhouse' | 'config'>): Promise<Found> {
  const found: Found = { tables: [], unreadable: [] };
  const byDatabase = new Map<string, string[]>();
  for (const { id, database } of await listCustomers(ctx))
    byDatabase.set(database, [...(byDatabase.get(database) ?? []), id]);
  for (const [database, customers] of byDatabase) {
    try {
      found.tables.push({ customers, tables: await readTables(ctx, { database }) });
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'unavailable') throw error;
      found.unreadable.push({ customers, sentence: error.message });
    }
  }
  return found;
}
