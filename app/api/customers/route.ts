import { z } from 'zod';
import { overview } from '@/lib/detection/overview';
import { route } from '@/lib/server/route';

export const GET = route({
  name: 'api.customers',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: (ctx) => overview(ctx),
});
