import type { ClickHouse } from '@/lib/clickhouse/client';
import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import type { Customer, CustomerTables } from './model';
import { readTables, readTablesOf } from './read-tables';

type Reader = { db: Db; clickhouse: ClickHouse; config: Config };
type Of = Pick<Customer, 'database'>;

/** How long tables that were read are used again; each readout is two round trips. */
const keptMs = 60_000;

type Kept = Map<string, { atMs: number; tables: Promise<CustomerTables> }>;
const known = new WeakMap<Db, Kept>();

function keptOf({ db }: { db: Db }): Kept {
  const all = known.get(db) ?? new Map();
  known.set(db, all);
  return all;
}

/** The tables as this process read them last, within a minute. Throws as `readTables` does. */
export function keptTables(ctx: Reader, customer: Of): Promise<CustomerTables> {
  const kept = known.get(ctx.db)?.get(customer.database);
  return kept && performance.now() - kept.atMs < keptMs ? kept.tables : tablesNow(ctx, customer);
}

/**
 * Reads the tables of these databases that are not kept, with two round trips for each 500. Those that cannot be used are
 * left out: `keptTables` then says why.
 */
export async function keepTables(ctx: Reader, databases: readonly string[], signal?: AbortSignal): Promise<void> {
  const all = keptOf(ctx);
  const isKept = (database: string) => performance.now() - (all.get(database)?.atMs ?? -keptMs) < keptMs;
  const missing = [...new Set(databases)].filter((database) => !isKept(database));
  if (missing.length < 2) return;
  const atMs = performance.now();
  for (const [database, tables] of await readTablesOf(ctx, missing, signal))
    if (!(tables instanceof AppError)) all.set(database, { atMs, tables: Promise.resolve(tables) });
}

/** The tables as they are now, for who decides what is deleted; `keptTables` then answers these. */
export function tablesNow(ctx: Reader, customer: Of): Promise<CustomerTables> {
  const all = keptOf(ctx);
  // NOTE: others may wait for the same answer, so it does not end with what its first asker is bounded by.
  const unbounded = { config: ctx.config, clickhouse: ctx.clickhouse.within({}) };
  const read = { atMs: performance.now(), tables: readTables(unbounded, customer) };
  all.set(customer.database, read);
  read.tables.catch(() => {
    if (all.get(customer.database) === read) all.delete(customer.database);
  });
  return read.tables;
}
