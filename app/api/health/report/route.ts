import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { readHealth } from '@/lib/health/read-health';

export const dynamic = 'force-dynamic';

/** What the console is connected to, as which user, and with which rights. */
export const GET = route({
  name: 'health.report',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: readHealth,
});
