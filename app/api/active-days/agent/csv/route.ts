import { agentDaysCsv } from '@/lib/active-days/active-days-csv';
import { AgentDaysAddress } from '@/lib/active-days/address';
import { agentDays } from '@/lib/active-days/agent-days';
import { namesMostOfAll } from '@/lib/active-days/model';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.agentDaysCsv',
  permission: 'read',
  input: AgentDaysAddress,
  read: async (ctx, query) => {
    const csv = agentDaysCsv(await agentDays(ctx, { ...query, namesMost: namesMostOfAll }));
    const name = `active-days-${query.customerId}-${query.fromDay}-${query.toDay}-agent.csv`;
    return new Response(csv, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
      },
    });
  },
});
