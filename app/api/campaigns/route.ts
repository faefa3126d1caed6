import { z } from 'zod';
import { listCampaigns } from '@/lib/campaigns/view/list-campaigns';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.campaigns',
  permission: 'read',
  input: z.object({}),
  shared: true,
  read: (ctx) => listCampaigns(ctx),
});
