import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { listSessions } from '@/lib/sign-in/list-sessions';

export const GET = route({ name: 'api.sessions', permission: 'read', input: z.object({}), read: listSessions });
