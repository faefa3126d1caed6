import type { Metadata } from 'next';
import { OrdersScreen } from '@/components/orders/orders-screen';
import { firstOf, load, openPage } from '@/lib/edge/page';
import { listOrders } from '@/lib/orders/list-orders';

export const metadata: Metadata = { title: 'Standing orders' };

export default async function OrdersPage({ searchParams }: PageProps<'/orders'>) {
  await openPage('/orders', await firstOf(searchParams));
  return <OrdersScreen initial={await load('page.orders', 'read', (ctx, actor) => listOrders(ctx, {}, actor))} />;
}
