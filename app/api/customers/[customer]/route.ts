import { z } from 'zod';
import { readCustomer } from '@/app/(console)/customers/[customer]/read';
import { CustomerId, DayText } from '@/lib/customers/model';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.customer',
  permission: 'read',
  input: z.object({ customer: CustomerId, from: DayText.optional(), to: DayText.optional() }),
  shared: true,
  read: readCustomer,
});
