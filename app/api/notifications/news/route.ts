import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { listNews } from '@/lib/notifications/view/list-news';

export const GET = route({
  name: 'api.notifications.news',
  permission: 'read',
  input: z.object({}),
  read: (ctx, _input, actor) => listNews(ctx, actor),
});
