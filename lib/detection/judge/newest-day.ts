import type { Context } from '@/lib/context';
import type { Customer } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { type Day, dayOf } from '@/lib/days';
import { detectionColumns } from './sql/columns';
import { selectNewestStart } from './sql/survey';

/** The customer's newest day with truth, from ClickHouse; null where there is none. Throws what `readTables` throws. */
export async function newestDay(ctx: Pick<Context, 'clickhouse' | 'config'>, customer: Customer): Promise<Day | null> {
  const columns = detectionColumns(await readTables(ctx, customer));
  const newestMs = await ctx.clickhouse.readOne(selectNewestStart, {
    params: { customerId: customer.id },
    identifiers: columns,
  });
  return newestMs === null ? null : dayOf(newestMs, customer.timeZone);
}
