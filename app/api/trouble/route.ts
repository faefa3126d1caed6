import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { listTrouble } from '@/lib/trouble/list-trouble';

export const GET = route({
  name: 'api.trouble',
  permission: 'read',
  input: z.object({}),
  read: (ctx, _input, actor) => listTrouble(ctx, actor),
});
