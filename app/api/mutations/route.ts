import { z } from 'zod';
import { listMutations } from '@/lib/mutations/list-mutations';
import { route } from '@/lib/server/route';

export const GET = route({
  name: 'api.mutations',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: listMutations,
});
