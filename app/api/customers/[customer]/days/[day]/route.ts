import { DayAddress, readDay } from '@/app/(console)/customers/[customer]/days/[day]/read';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.conversations',
  permission: 'read',
  input: DayAddress,
  shared: true,
  read: readDay,
});
