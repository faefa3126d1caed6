import { z } from 'zod';
import { getStop } from '@/lib/backfill/view/get-stop';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.stop',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: (ctx) => getStop(ctx),
});
