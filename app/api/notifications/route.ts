import { route } from '@/lib/edge/route';
import { CasesAddress } from '@/lib/notifications/address';
import { readNotifications } from '@/lib/notifications/view/read-notifications';

export const GET = route({
  name: 'api.notifications',
  permission: 'read',
  input: CasesAddress,
  shared: true,
  read: readNotifications,
});
