import { z } from 'zod';
import { getPlan } from '@/lib/backfill/plan/get-plan';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.plan',
  permission: 'backfill.plan',
  input: z.object({ plan: z.uuid() }),
  read: (ctx, { plan }) => getPlan(ctx, plan),
});
