import type { Clock } from '@/lib/clock';
import { getCustomer } from '@/lib/customers/get-customer';
import { addDays, checkDayRange, dayOf, instantOf, twinOf } from '@/lib/days';
import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import { selectDaysAt, selectKnownAt } from '../scan/sql/scan-results';
import type { PastAddress } from './address';
import type { PastView } from './past-view-model';

const defaultDays = 30;

/**
 * A customer's days as they were known at a moment, only from what was kept. Without a range it covers the 30 days up to
 * the newest one that was known then. Throws AppError('invalid_input') for a moment that has not come.
 */
export async function readPast(
  { db, clock }: { db: Db; clock: Clock },
  { customer: customerId, at, from, to }: PastAddress,
): Promise<PastView> {
  const { displayName, timeZone } = await getCustomer({ db }, customerId);
  const atMs = instantOf(at, timeZone);
  if (atMs > clock.now())
    throw new AppError('invalid_input', 'That moment has not come yet. Choose one in the past.', {
      fields: { at: 'not in the past' },
    });
  const [known] = await db.query(selectKnownAt, { customerId, at: new Date(atMs) });
  const toDay = to ?? addDays(known?.newestDay ?? dayOf(atMs, timeZone), 1);
  const fromDay = from ?? addDays(toDay, -defaultDays);
  checkDayRange(fromDay, toDay);
  const days = await db.query(selectDaysAt, { customerId, fromDay, toDay, at: new Date(atMs) });
  return {
    customerId,
    displayName,
    timeZone,
    atMs,
    twinMs: twinOf(atMs, timeZone),
    fromDay,
    toDay,
    days: days.map((row) => row.day),
    keptSinceMs: known?.sinceMs ?? null,
  };
}
