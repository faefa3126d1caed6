import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { route } from '@/lib/edge/route';
import { ActiveDaysAddress } from './address';

export const GET = route({
  name: 'api.activeDays',
  permission: 'read',
  input: ActiveDaysAddress,
  shared: true,
  read: (ctx, query) => activeDaysDiff(ctx, query),
});
