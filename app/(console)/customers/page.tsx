import type { Metadata } from 'next';
import { CustomersScreen } from '@/components/customers/customers-screen';
import { overview } from '@/lib/detection/view/overview';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Customers' };

export default async function CustomersPage({ searchParams }: PageProps<'/customers'>) {
  await openPage('/customers', await firstOf(searchParams));
  return <CustomersScreen initial={await load('page.customers', 'read', (ctx) => overview(ctx))} />;
}
