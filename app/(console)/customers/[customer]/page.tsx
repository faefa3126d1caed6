import type { Metadata } from 'next';
import { CustomerScreen } from '@/components/customers/customer-screen';
import { CustomerAddress } from '@/lib/backfill/view/address';
import { readCustomer } from '@/lib/backfill/view/read-customer';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';

export async function generateMetadata({ params }: PageProps<'/customers/[customer]'>): Promise<Metadata> {
  return { title: decodeURIComponent((await params).customer) };
}

export default async function CustomerPage({ params, searchParams }: PageProps<'/customers/[customer]'>) {
  const customer = decodeURIComponent((await params).customer);
  const query = await firstOf(searchParams);
  await openPage(`/customers/${encodeURIComponent(customer)}`, query);
  const initial = await load('page.customer', 'read', (ctx) =>
    readCustomer(ctx, parseInput(CustomerAddress, { ...query, customer })),
  );
  return <CustomerScreen customerId={customer} initial={initial} />;
}
