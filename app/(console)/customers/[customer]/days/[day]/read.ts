import { z } from 'zod';
import type { DayView } from '@/components/customers/view';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { CustomerId, DayText } from '@/lib/customers/model';
import { addDays } from '@/lib/days';
import { type ConversationsQuery, type Flag, flagNames, judgedFromMs } from '@/lib/detection/model';
import { listConversations } from '@/lib/detection/view/list-conversations';
import { listDays } from '@/lib/detection/view/list-days';

const rowsPerPage = 100;

/** The address of a day's page as its read takes it. */
export const DayAddress = z.object({
  customer: CustomerId,
  day: DayText,
  show: z.enum(['all', 'open', 'settling']).optional(),
  flags: z
    .string()
    .transform((text) => text.split(',').filter((one): one is Flag => flagNames.includes(one as Flag)))
    .optional(),
  agent: z.string().max(500).optional(),
  useCase: z.string().max(500).optional(),
  q: z.string().max(200).optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
});

function queryOf(address: z.output<typeof DayAddress>): ConversationsQuery {
  const { customer, day, show, flags, agent, useCase, q, page } = address;
  return {
    customerId: customer,
    day,
    flags: show ? null : (flags ?? []),
    class: show === 'open' || show === 'settling' ? show : undefined,
    agent,
    useCase,
    search: q,
    offset: (page - 1) * rowsPerPage,
    rowsMax: rowsPerPage,
  };
}

/** What the page of a day shows: the stored counts, and the conversations read just now. */
export async function readDay(ctx: Context, address: z.output<typeof DayAddress>): Promise<DayView> {
  const { customer: customerId, day } = address;
  const [customer, days, conversations] = await Promise.all([
    getCustomer(ctx, customerId),
    listDays(ctx, { customerId, fromDay: day, toDay: addDays(day, 1) }),
    listConversations(ctx, queryOf(address)),
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
