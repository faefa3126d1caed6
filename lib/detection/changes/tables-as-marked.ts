import type { Context } from '@/lib/context';
import { keptTables, tablesNow } from '@/lib/customers/kept-tables';
import type { Customer, CustomerTables } from '@/lib/customers/model';
import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import { lookedTablesOf, seeMarks } from './look-at-parts';

const known = new WeakMap<Db, Map<string, { marks: string; tables: CustomerTables }>>();

/** Tables and their marks, which are null where a host does not tell them. */
type Marked = { tables: CustomerTables; marks: string[] | null };

/**
 * The tables as they are now, with the marks that were seen before. The catalogue is read only where a mark of the tables
 * is another than before it was read last, since a scan of few rows would spend most of its time on it; and each time
 * where a host does not tell its marks, or tables were changed a moment ago. Throws what `readTables` throws.
 */
export async function tablesAsMarked(
  ctx: Pick<Context, 'db' | 'clickhouse' | 'config'>,
  customer: Pick<Customer, 'database'>,
): Promise<Marked> {
  const all = known.get(ctx.db) ?? new Map<string, { marks: string; tables: CustomerTables }>();
  known.set(ctx.db, all);
  const kept = all.get(customer.database);
  const named = kept?.tables ?? (await keptTables(ctx, customer));
  const seen = await seeMarks(ctx, lookedTablesOf(named)).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  const marks = seen?.marks ?? null;
  if (marks !== null && kept?.marks === marks.join()) return { tables: kept.tables, marks };
  const tables = await tablesNow(ctx, customer);
  const isNamedSo = JSON.stringify(lookedTablesOf(tables)) === JSON.stringify(lookedTablesOf(named));
  if (isNamedSo && seen?.areSettled && marks !== null) all.set(customer.database, { marks: marks.join(), tables });
  else all.delete(customer.database);
  return { tables, marks: isNamedSo ? marks : null };
}
