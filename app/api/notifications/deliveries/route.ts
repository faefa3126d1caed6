import { route } from '@/lib/edge/route';
import { DeliveriesAddress } from '@/lib/notifications/address';
import { listDeliveries } from '@/lib/notifications/view/list-deliveries';

export const GET = route({
  name: 'api.notifications.deliveries',
  permission: 'read',
  input: DeliveriesAddress,
  shared: true,
  read: listDeliveries,
});
