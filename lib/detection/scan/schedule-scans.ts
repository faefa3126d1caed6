import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import type { Customer } from '@/lib/customers/model';
import { addDays, dayOf } from '@/lib/days';
import { messageOf } from '@/lib/errors';
import { selectStop } from '@/lib/holds/sql/stops';
import { atIntervals } from '@/lib/poll';
import { newestDay } from '../judge/newest-day';
import { requestScanFor } from './request-scan';
import { lockSchedule, selectScheduleState } from './sql/scans';

/** How often the scheduler looks. The first scan of a new customer is requested within this time. */
const lookEveryMs = 5_000;

/**
 * Requests a scan of each customer's last days, up to its newest day with data: at once for a customer that was never
 * scanned, then every `scanEveryMs` (0 means never again). Several schedulers may run, and one of them requests it. Runs
 * until `signal` aborts. A failure is logged, and the next round tries again.
 */
export async function scheduleScans(ctx: Context, signal: AbortSignal): Promise<void> {
  const scheduleAll = async () => {
    if ((await ctx.db.query(selectStop))[0]) return;
    for (const customer of await listCustomers(ctx)) {
      if (signal.aborted) return;
      await scheduleCustomer(ctx, customer).catch((error) =>
        ctx.log.warn({ customer: customer.id, reason: messageOf(error) }, 'a customer’s scan could not be scheduled'),
      );
    }
  };
  await atIntervals(lookEveryMs, signal, scheduleAll, (error) =>
    ctx.log.warn({ reason: messageOf(error) }, 'scans could not be scheduled'),
  );
}

/** Requests the customer's regular scan if it is due. Returns the scan's id, or null. */
export async function scheduleCustomer(ctx: Context, customer: Customer): Promise<string | null> {
  if (!(await dueCause(ctx, customer))) return null;
  const range = await rangeOf(ctx, customer);
  return ctx.db.transaction(async (tx) => {
    await tx.query(lockSchedule, { customerId: customer.id });
    const cause = await dueCause({ ...ctx, db: tx }, customer);
    if (!cause) return null;
    const request = { customerId: customer.id, ...range, cause, requestedBy: 'schedule' };
    return (await requestScanFor(ctx, request, tx)).scanId;
  });
}

async function dueCause(
  { db, config }: { db: Pick<Context['db'], 'query'>; config: Context['config'] },
  customer: Customer,
): Promise<'first start' | 'schedule' | null> {
  const [state] = await db.query(selectScheduleState, { customerId: customer.id });
  if (!state || state.active > 0) return null;
  if (state.ageMs === null) return 'first start';
  const everyMs = config.detection.scanEveryMs;
  return everyMs > 0 && state.ageMs >= everyMs ? 'schedule' : null;
}

/** Without data, or where the tables cannot be read, the range ends today: the scan then says what is wrong. */
async function rangeOf(ctx: Context, customer: Customer): Promise<{ fromDay: string; toDay: string }> {
  const newest = await newestDay(ctx, customer).catch((error) => {
    ctx.log.warn({ customer: customer.id, reason: messageOf(error) }, 'the newest day is not known');
    return null;
  });
  const toDay = addDays(newest ?? dayOf(ctx.clock.now(), customer.timeZone), 1);
  return { fromDay: addDays(toDay, -ctx.config.detection.scanDays), toDay };
}
