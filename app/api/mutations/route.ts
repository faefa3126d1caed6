import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { listMutations } from '@/lib/mutations/list-mutations';

export const GET = route({
  name: 'api.mutations',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: listMutations,
});
