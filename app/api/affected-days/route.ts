import { z } from 'zod';
import { listAffectedDays } from '@/lib/detection/view/list-affected-days';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.affectedDays',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: (ctx) => listAffectedDays(ctx),
});
