import { z } from 'zod';
import { readChange } from '@/lib/customers/change/read-change';
import { CustomerId } from '@/lib/customers/model';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.customer.change',
  permission: 'read',
  input: z.object({ customer: CustomerId }),
  read: (ctx, { customer }) => readChange(ctx, { customerId: customer }),
});
