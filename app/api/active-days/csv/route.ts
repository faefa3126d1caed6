import { activeDaysCsv } from '@/lib/active-days/active-days-csv';
import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { ActiveDaysAddress } from '@/lib/active-days/address';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.activeDaysCsv',
  permission: 'read',
  input: ActiveDaysAddress,
  read: async (ctx, query) => {
    const csv = activeDaysCsv(await activeDaysDiff(ctx, query));
    const name = `active-days-${query.customerId}-${query.fromDay}-${query.toDay}.csv`;
    return new Response(csv, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
      },
    });
  },
});
