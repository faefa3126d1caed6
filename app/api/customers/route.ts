import { z } from 'zod';
import { overview } from '@/lib/detection/view/overview';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.customers',
  permission: 'read',
  input: z.object({ since: z.string().max(700).optional() }),
  shared: true,
  read: (ctx, { since }) => overview(ctx, since),
});
