import { z } from 'zod';
import { runStatuses } from '@/lib/backfill/state/model';
import { CustomerId } from '@/lib/customers/model';

/** The filters of the list of runs, as `listRuns` takes them. */
export const RunsAddress = z
  .object({ customer: CustomerId.optional(), status: z.enum(runStatuses).optional() })
  .transform(({ customer, status }) => ({ customerId: customer, status, rowsMax: 200 }));
