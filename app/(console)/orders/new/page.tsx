import type { Metadata } from 'next';
import { NewOrderScreen } from '@/components/orders/new-order-screen';
import { overview } from '@/lib/detection/view/overview';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';
import { OrderAddress } from '@/lib/orders/address';
import { getOrder } from '@/lib/orders/list-orders';

export const metadata: Metadata = { title: 'New standing order' };

export default async function NewOrderPage({ searchParams }: PageProps<'/orders/new'>) {
  const query = await firstOf(searchParams);
  await openPage('/orders/new', query);
  const initial = await load('page.newOrder', 'read', async (ctx, actor) => ({
    customers: await overview(ctx),
    like: query.like ? await getOrder(ctx, parseInput(OrderAddress, { order: query.like }).order, actor) : null,
  }));
  return <NewOrderScreen initial={initial} />;
}
