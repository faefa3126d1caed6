import { AgentDaysAddress } from '@/lib/active-days/address';
import { agentDays } from '@/lib/active-days/agent-days';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.agentDays',
  permission: 'read',
  input: AgentDaysAddress,
  shared: true,
  read: (ctx, query) => agentDays(ctx, query),
});
