import { z } from 'zod';
import { listBackups } from '@/lib/backfill/backups/list-backups';
import { CustomerId } from '@/lib/customers/model';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.backups',
  permission: 'read',
  input: z.object({ customer: CustomerId.optional(), run: z.uuid().optional() }),
  read: (ctx, { customer, run }) => listBackups(ctx, { customerId: customer, runId: run }),
});
