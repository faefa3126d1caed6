import type { Context } from '@/lib/context';
import { keptTables } from '@/lib/customers/kept-tables';
import type { Customer } from '@/lib/customers/model';
import { type Day, dayOf, dayStartMs } from '@/lib/days';
import { detectionColumns } from './sql/columns';
import { selectNewestStart } from './sql/survey';

/**
 * The customer's newest day with truth, from ClickHouse; null where there is none, or none from `since` on. Throws what
 * `readTables` throws.
 */
export async function newestDay(
  ctx: Pick<Context, 'clickhouse' | 'config' | 'db'>,
  customer: Customer,
  since: Day | null = null,
): Promise<Day | null> {
  const columns = detectionColumns(await keptTables(ctx, customer));
  const newestMs = await ctx.clickhouse.readOne(selectNewestStart, {
    params: { customerId: customer.id, fromMs: since === null ? 0 : dayStartMs(since, customer.timeZone) },
    identifiers: { columns, since: since !== null },
  });
  return newestMs === null ? null : dayOf(newestMs, customer.timeZone);
}
