import { z } from 'zod';
import { repairStrategies } from '@/lib/backfill/model';
import { planBackfill } from '@/lib/backfill/plan-backfill';
import { CustomerId, DayText } from '@/lib/customers/model';
import { route } from '@/lib/server/route';

export const GET = route({
  name: 'api.plan',
  permission: 'backfill.plan',
  input: z.object({
    customer: CustomerId,
    from: DayText,
    to: DayText,
    strategy: z.enum(repairStrategies).default('replace'),
    all: z.stringbool().default(false),
  }),
  shared: true,
  read: (ctx, { customer, from, to, strategy, all }) =>
    planBackfill(ctx, { customerId: customer, fromDay: from, toDay: to, strategy, onlyAffected: !all }),
});
