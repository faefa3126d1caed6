import type { ClickHouse } from '@/lib/clickhouse/client';
import type { Config } from '@/lib/config';
import type { Db } from '@/lib/postgres/client';
import type { Customer, CustomerTables } from './model';
import { readTables } from './read-tables';

type Reader = { db: Db; clickhouse: ClickHouse; config: Config };
type Of = Pick<Customer, 'database'>;

/** How long tables that were read are used again; each readout is two round trips. */
const keptMs = 60_000;

const known = new WeakMap<Db, Map<string, { atMs: number; tables: Promise<CustomerTables> }>>();

/** The tables as this process read them last, within a minute. Throws as `readTables` does. */
export function keptTables(ctx: Reader, customer: Of): Promise<CustomerTables> {
  const kept = known.get(ctx.db)?.get(customer.database);
  return kept && performance.now() - kept.atMs < keptMs ? kept.tables : tablesNow(ctx, customer);
}

/** The tables as they are now, for who decides what is deleted; `keptTables` then answers these. */
export function tablesNow(ctx: Reader, customer: Of): Promise<CustomerTables> {
  const all = known.get(ctx.db) ?? new Map<string, { atMs: number; tables: Promise<CustomerTables> }>();
  known.set(ctx.db, all);
  // NOTE: others may wait for the same answer, so it does not end with what its first asker is bounded by.
  const unbounded = { config: ctx.config, clickhouse: ctx.clickhouse.within({}) };
  const read = { atMs: performance.now(), tables: readTables(unbounded, customer) };
  all.set(customer.database, read);
  read.tables.catch(() => {
    if (all.get(customer.database) === read) all.delete(customer.database);
  });
  return read.tables;
}
