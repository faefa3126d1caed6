import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';
import { UnitText } from '@/lib/customers/unit-model';
import { FormatAddress } from '@/lib/export/address';
import { runStatuses } from '../state/model';

/** The filters of the list of runs, as `listRuns` takes them. */
export const RunsAddress = z
  .object({ customer: CustomerId.optional(), status: z.enum(runStatuses).optional(), day: DayText.optional() })
  .transform(({ customer, status, day }) => ({ customerId: customer, status, day, rowsMax: 200 }));

/** The runs of a filter and a search as a file. */
export const RunsFileAddress = FormatAddress.extend({ q: z.string().max(200).optional() }).and(RunsAddress);

/** A customer's days whose repairs are listed. */
export const RepairsAddress = z
  .object({ customer: CustomerId, from: DayText, to: DayText })
  .transform(({ customer, from, to }) => ({ customerId: customer, fromDay: from, toDay: to }));

/** A run, and which of its units its page shows: the one of this key, or a page from 0. */
export const RunAddress = z.object({
  run: z.uuid('This is not a run’s id.'),
  unit: UnitText.optional(),
  page: z.coerce.number().int().min(0).max(10_000).optional(),
});

/** A customer and the range of its page; without a range the page chooses one. */
export const CustomerAddress = z.object({ customer: CustomerId, from: DayText.optional(), to: DayText.optional() });
export type CustomerAddress = z.output<typeof CustomerAddress>;
