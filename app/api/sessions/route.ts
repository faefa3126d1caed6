import { z } from 'zod';
import { listSessions } from '@/lib/server/auth/list-sessions';
import { route } from '@/lib/server/route';

export const GET = route({ name: 'api.sessions', permission: 'read', input: z.object({}), read: listSessions });
