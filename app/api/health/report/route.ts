import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { readHealth } from '@/lib/health/read-health';

export const dynamic = 'force-dynamic';

/** What is connected, as whom, with which rights: for signed-in people. */
export const GET = route({
  name: 'health.report',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: readHealth,
});
