import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';
import { runStatuses } from '../state/model';

/** The filters of the list of runs, as `listRuns` takes them. */
export const RunsAddress = z
  .object({ customer: CustomerId.optional(), status: z.enum(runStatuses).optional() })
  .transform(({ customer, status }) => ({ customerId: customer, status, rowsMax: 200 }));

export const RunAddress = z.object({ run: z.uuid('A run’s id is a UUID.') });

/** A customer and the range of its page; without a range the page chooses one. */
export const CustomerAddress = z.object({ customer: CustomerId, from: DayText.optional(), to: DayText.optional() });
export type CustomerAddress = z.output<typeof CustomerAddress>;
