import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { addDays } from '@/lib/days';
import { judgedFromMs } from '../model';
import { conversationsQueryOf, type DayAddress } from './address';
import type { DayView } from './day-view-model';
import { listConversations } from './list-conversations';
import { listDays } from './list-days';

/** What the page of a day shows: the counts of the last scan, and the conversations as they are now. */
export async function readDay(ctx: Context, address: DayAddress): Promise<DayView> {
  const { customer: customerId, day } = address;
  const [customer, days, conversations] = await Promise.all([
    getCustomer(ctx, customerId),
    listDays(ctx, { customerId, fromDay: day, toDay: addDays(day, 1) }),
    listConversations(ctx, conversationsQueryOf(address)),
  ]);
  const { displayName, timeZone } = customer;
  return {
    customerId,
    displayName,
    timeZone,
    day: days[0] ?? null,
    judgedFromMs: judgedFromMs(days, ctx.config.detection.safetyMarginMs),
    conversations,
  };
}
