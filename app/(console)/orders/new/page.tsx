import type { Metadata } from 'next';
import { NewOrderScreen } from '@/components/orders/new-order-screen';
import { listAffectedDays } from '@/lib/detection/view/list-affected-days';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';
import { OrderAddress } from '@/lib/orders/address';
import { getOrder } from '@/lib/orders/list-orders';

export const metadata: Metadata = { title: 'New standing order' };

export default async function NewOrderPage({ searchParams }: PageProps<'/orders/new'>) {
  const query = await firstOf(searchParams);
  await openPage('/orders/new', query);
  const initial = await load('page.newOrder', 'read', async (ctx, actor) => ({
    customers: await listAffectedDays(ctx),
    like: query.like ? await getOrder(ctx, parseInput(OrderAddress, { order: query.like }).order, actor) : null,
  }));
  return <NewOrderScreen initial={initial} />;
}
