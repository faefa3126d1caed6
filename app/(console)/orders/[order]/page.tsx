import type { Metadata } from 'next';
import { OrderScreen } from '@/components/orders/order-screen';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';
import { OrderAddress } from '@/lib/orders/address';
import { getOrder } from '@/lib/orders/list-orders';

export const metadata: Metadata = { title: 'Standing order' };

export default async function OrderPage({ params, searchParams }: PageProps<'/orders/[order]'>) {
  const { order } = await params;
  await openPage(`/orders/${order}`, await firstOf(searchParams));
  const initial = await load('page.order', 'read', (ctx, actor) =>
    getOrder(ctx, parseInput(OrderAddress, { order }).order, actor),
  );
  return <OrderScreen orderId={order} initial={initial} />;
}
