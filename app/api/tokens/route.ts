import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { listTokens } from '@/lib/sign-in/list-tokens';

export const GET = route({
  name: 'api.tokens',
  permission: 'tokens.manage',
  input: z.object({}),
  read: (ctx) => listTokens(ctx),
});
