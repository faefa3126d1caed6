import { activeDaysCsv } from '@/lib/active-days/active-days-csv';
import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { ActiveDaysAddress } from '@/lib/active-days/address';
import { fileResponse } from '@/lib/edge/file-response';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.activeDaysCsv',
  permission: 'read',
  input: ActiveDaysAddress,
  read: async (ctx, query) => {
    const name = `active-days-${query.customerId}-${query.fromDay}-${query.toDay}`;
    return fileResponse({ name, format: 'csv' }, activeDaysCsv(await activeDaysDiff(ctx, query)));
  },
});
