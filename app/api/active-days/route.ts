import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { ActiveDaysAddress } from '@/lib/active-days/address';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.activeDays',
  permission: 'read',
  input: ActiveDaysAddress,
  shared: true,
  read: (ctx, query) => activeDaysDiff(ctx, query),
});
