import { z } from 'zod';
import { waitingApprovals } from '@/lib/approvals/list-approvals';
import { route } from '@/lib/server/route';

export const GET = route({
  name: 'api.approvalsWaiting',
  permission: 'read',
  input: z.object({}),
  read: (ctx, _input, actor) => waitingApprovals(ctx, actor),
});
