import { z } from 'zod';
import { discoverDatabases } from '@/lib/customers/discover-databases';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.discover',
  permission: 'customers.manage',
  input: z.object({}),
  shared: true,
  read: (ctx) => discoverDatabases(ctx),
});
