import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { addDays, dayOf } from '@/lib/days';
import { type Trend, TrendQuery } from './model';
import { selectNewestKnownDay, selectTrend } from './sql/view';

/**
 * The counts of a customer's last days by flag, up to the newest day with data, as they were known at a moment. Throws
 * AppError('not_found').
 */
export async function trend(ctx: Pick<Context, 'db' | 'clock'>, input: TrendQuery): Promise<Trend> {
  const query = TrendQuery.parse(input);
  const { id: customerId, displayName, timeZone } = await getCustomer(ctx, query.customerId);
  const asOfMs = query.asOfMs ?? ctx.clock.now();
  const asOf = new Date(asOfMs);
  const [newest] = await ctx.db.query(selectNewestKnownDay, { customerId, asOf });
  const toDay = addDays(newest?.day ?? dayOf(asOfMs, timeZone), 1);
  const fromDay = addDays(toDay, -query.days);
  const days = await ctx.db.query(selectTrend, { customerId, fromDay, toDay, asOf });
  return { customerId, displayName, timeZone, fromDay, toDay, asOfMs, days };
}
