import { getCustomer } from '@/lib/customers/get-customer';
import { addDays } from '@/lib/days';
import type { Db } from '@/lib/postgres/client';
import { flagNames } from '../flags';
import { selectTrend } from '../scan/sql/scan-results';
import type { TrendAddress } from './address';
import type { TrendView } from './past-view-model';

const trendDays = 90;

/** What the 90 days before `to` are known to have, by flag. Throws AppError('not_found') for an unknown customer. */
export async function readTrend({ db }: { db: Db }, { customer, to: toDay }: TrendAddress): Promise<TrendView> {
  const { id: customerId } = await getCustomer({ db }, customer);
  const fromDay = addDays(toDay, -trendDays);
  const days = await db.query(selectTrend, { customerId, fromDay, toDay });
  return {
    fromDay,
    toDay,
    days: days.map(({ flags, ...day }) => ({
      ...day,
      flags: Object.fromEntries(flagNames.flatMap((flag) => (flags[flag] > 0 ? [[flag, flags[flag]]] : []))),
    })),
  };
}
