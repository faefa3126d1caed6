import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { readHelp } from '@/lib/help/read-help';

export const GET = route({
  name: 'api.help',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: readHelp,
});
