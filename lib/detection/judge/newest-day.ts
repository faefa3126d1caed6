import type { Context } from '@/lib/context';
import { keptTables } from '@/lib/customers/kept-tables';
import type { Customer } from '@/lib/customers/model';
import { addDays, type Day, dayOf, dayStartMs } from '@/lib/days';
import { detectionColumns } from './sql/columns';
import { selectNewestStart } from './sql/survey';

/** The first day that counts as later than now: clocks and zones of those who write may be ahead by a day. */
export const laterDay = (nowMs: number, timeZone: string): Day => addDays(dayOf(nowMs, timeZone), 2);

/**
 * The customer's newest day with truth, from ClickHouse; null where there is none, or none from `since` on. A row that
 * starts later than tomorrow is no new day: it would move the watch away from all that happens. `later` counts these.
 * Throws what `readTables` throws.
 */
export async function newestDay(
  ctx: Pick<Context, 'clickhouse' | 'clock' | 'config' | 'db'>,
  customer: Customer,
  since: Day | null = null,
): Promise<{ day: Day | null; later: number }> {
  const columns = detectionColumns(await keptTables(ctx, customer));
  const { timeZone } = customer;
  const { newestMs, later } = await ctx.clickhouse.readOne(selectNewestStart, {
    params: {
      customerId: customer.id,
      fromMs: since === null ? 0 : dayStartMs(since, timeZone),
      toMs: dayStartMs(laterDay(ctx.clock.now(), timeZone), timeZone),
    },
    identifiers: { columns, since: since !== null },
  });
  return { day: newestMs === null ? null : dayOf(newestMs, timeZone), later };
}
