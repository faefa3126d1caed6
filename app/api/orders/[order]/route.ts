import { route } from '@/lib/edge/route';
import { OrderAddress } from '@/lib/orders/address';
import { getOrder } from '@/lib/orders/list-orders';

export const GET = route({
  name: 'api.order',
  permission: 'read',
  input: OrderAddress,
  read: (ctx, { order }, actor) => getOrder(ctx, order, actor),
});
