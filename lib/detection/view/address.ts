import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';
import { isMoment } from '@/lib/days';
import { FormatAddress } from '@/lib/export/address';
import { type Flag, flagNames } from '../flags';
import { type ConversationsQuery, SortedBy } from '../model';

const rowsPerPage = 100;

/**
 * A moment on a clock in the customer's zone, "2026-02-10T14:30", or one with its offset, "2026-02-10T14:30-05:00"; and the
 * days to show as they were known then. A "+" that was typed into an address arrives as a space.
 */
export const PastAddress = z.object({
  customer: CustomerId,
  at: z
    .string()
    .transform((text) => text.replace(' ', '+'))
    .refine(isMoment, 'Write the moment as 2026-02-10T14:30, or with its offset as 2026-02-10T14:30-05:00.'),
  from: DayText.optional(),
  to: DayText.optional(),
});
export type PastAddress = z.output<typeof PastAddress>;

export const TrendAddress = z.object({ customer: CustomerId, to: DayText });
export type TrendAddress = z.output<typeof TrendAddress>;

export const WhyAddress = z.object({ customer: CustomerId, day: DayText });

/** The filters of a day's page. Unknown flags are ignored, so that an old link still opens. */
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
  /** An order that is not known is that of the start, so that an old link still opens. */
  sort: SortedBy.catch('start').default('start'),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
});
export type DayAddress = z.output<typeof DayAddress>;

/** The same filters as `listConversations` takes them. */
export function conversationsQueryOf(address: DayAddress): ConversationsQuery {
  const { customer, day, show, flags, agent, useCase, q, sort, page } = address;
  return {
    customerId: customer,
    day,
    flags: show ? null : (flags ?? []),
    class: show === 'open' || show === 'settling' ? show : undefined,
    agent,
    useCase,
    search: q,
    sort,
    offset: (page - 1) * rowsPerPage,
    rowsMax: rowsPerPage,
  };
}

/** The list of customers as a file, with the filters of its page. */
export const CustomersFileAddress = FormatAddress.extend({
  q: z.string().max(200).optional(),
  flags: DayAddress.shape.flags,
});

/** The days of a customer as a file; a year at most. */
export const DaysFileAddress = FormatAddress.extend({
  customer: CustomerId,
  from: DayText,
  to: DayText,
  show: z.enum(['affected', 'all']).default('all'),
}).transform(({ customer, from, to, ...rest }) => ({ customerId: customer, fromDay: from, toDay: to, ...rest }));

/** The conversations of a day as a file, with the filters of its page. */
export const ConversationsFileAddress = DayAddress.extend(FormatAddress.shape);
