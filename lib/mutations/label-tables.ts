import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import type { CustomerTables } from '@/lib/customers/model';
import { readTablesOf } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';

const keptMs = 60_000;

/** The label table of a database, and the customers whose labels are in it. */
type LabelTable = { customers: string[]; tables: CustomerTables };
type Found = { tables: LabelTable[]; unreadable: { customers: string[]; sentence: string }[] };

/** For each ClickHouse client: the look that runs now, and the last answer with the instant at which it ended. */
const passes = new WeakMap<object, { running: Promise<Found> | null; last: { atMs: number; found: Found } | null }>();

/**
 * The label tables of all customers, one for each database. The answer is kept for a minute after the look ended,
 * because pages poll it. It names each database whose tables cannot be read. One look runs at a time for all callers;
 * it ends early only by its own time limits or by the `signal` of the caller who began it. Throws
 * AppError('unavailable') when ClickHouse does not answer at all.
 */
export async function labelTables(ctx: Reader, signal?: AbortSignal): Promise<Found> {
  const pass = passes.get(ctx.clickhouse.client) ?? { running: null, last: null };
  passes.set(ctx.clickhouse.client, pass);
  const nowMs = ctx.clock.now();
  if (pass.last && nowMs - pass.last.atMs < keptMs && nowMs >= pass.last.atMs) return pass.last.found;
  // The request that began it may end first, so the look is not bound to that request.
  pass.running ??= readAll({ ...ctx, clickhouse: ctx.clickhouse.within({}) }, signal)
    .then((found) => {
      pass.last = { atMs: ctx.clock.now(), found };
      return found;
    })
    .finally(() => {
      pass.running = null;
    });
  return pass.running;
}

async function readAll(ctx: Reader, signal?: AbortSignal): Promise<Found> {
  const found: Found = { tables: [], unreadable: [] };
  const byDatabase = new Map<string, string[]>();
  for (const { id, database } of await listCustomers(ctx))
    byDatabase.set(database, [...(byDatabase.get(database) ?? []), id]);
  for (const [database, tables] of await readTablesOf(ctx, [...byDatabase.keys()], signal)) {
    const customers = byDatabase.get(database) ?? [];
    if (tables instanceof AppError) {
      if (!(tables.cause instanceof AppError) && tables.cause !== undefined)
        ctx.log.warn({ err: tables.cause, customers }, 'the tables of a customer could not be read');
      found.unreadable.push({ customers, sentence: tables.message });
    } else found.tables.push({ customers, tables });
  }
  return found;
}

type Reader = Pick<Context, 'db' | 'clickhouse' | 'clock' | 'config' | 'log'>;
