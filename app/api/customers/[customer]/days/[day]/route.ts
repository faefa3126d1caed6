import { DayAddress } from '@/lib/detection/view/address';
import { readDay } from '@/lib/detection/view/read-day';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.conversations',
  permission: 'read',
  input: DayAddress,
  shared: true,
  read: readDay,
});
