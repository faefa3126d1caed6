import { z } from 'zod';
import { readHealth } from '@/lib/server/read-health';
import { route } from '@/lib/server/route';

export const dynamic = 'force-dynamic';

/** What is connected, as whom, with which rights: for signed-in people. */
export const GET = route({
  name: 'health.report',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: readHealth,
});
