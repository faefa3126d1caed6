import { route } from '@/lib/edge/route';
import { OrdersAddress } from '@/lib/orders/address';
import { listOrders } from '@/lib/orders/list-orders';

export const GET = route({ name: 'api.orders', permission: 'read', input: OrdersAddress, read: listOrders });
