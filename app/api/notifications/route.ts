import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { readNotifications } from '@/lib/notifications/view/read-notifications';

export const GET = route({
  name: 'api.notifications',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: readNotifications,
});
