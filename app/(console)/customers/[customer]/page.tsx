import type { Metadata } from 'next';
import { CustomerScreen } from '@/components/customers/customer-screen';
import { firstOf, load, openPage } from '@/lib/edge/page';
import { readCustomer } from './read';

export async function generateMetadata({ params }: PageProps<'/customers/[customer]'>): Promise<Metadata> {
  return { title: decodeURIComponent((await params).customer) };
}

export default async function CustomerPage({ params, searchParams }: PageProps<'/customers/[customer]'>) {
  const customer = decodeURIComponent((await params).customer);
  const query = await firstOf(searchParams);
  await openPage(`/customers/${encodeURIComponent(customer)}`, query);
  const initial = await load('page.customer', 'read', (ctx) => readCustomer(ctx, { ...query, customer }));
  return <CustomerScreen customerId={customer} initial={initial} />;
}
