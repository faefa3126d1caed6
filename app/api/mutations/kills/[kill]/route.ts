import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { getKill } from '@/lib/mutations/get-kill';

export const GET = route({
  name: 'api.kill',
  permission: 'read',
  input: z.object({ kill: z.uuid('A KILL’s id is a UUID.') }),
  read: (ctx, { kill }) => getKill(ctx, kill),
});
