import { z } from 'zod';
import { CustomerId, DayText } from '@/lib/customers/model';

/** The address of the diff, as `activeDaysDiff` takes it. */
export const ActiveDaysAddress = z
  .object({
    customer: CustomerId,
    from: DayText,
    to: DayText,
    run: z.uuid().optional(),
    useCase: z.string().min(1).max(200).optional(),
  })
  .transform(({ customer, from, to, run, useCase }) => ({
    customerId: customer,
    fromDay: from,
    toDay: to,
    runId: run,
    useCase,
  }));
