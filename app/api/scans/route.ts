import { z } from 'zod';
import { CustomerId } from '@/lib/customers/model';
import { listScans } from '@/lib/detection/scan/list-scans';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.scans',
  permission: 'read',
  input: z.object({ customer: CustomerId.optional(), rows: z.coerce.number().int().min(1).max(500).default(50) }),
  read: (ctx, { customer, rows }) => listScans(ctx, { customerId: customer, rowsMax: rows }),
});
