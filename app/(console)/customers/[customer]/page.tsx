import type { Metadata } from 'next';
import { CustomerScreen } from '@/components/customers/customer-screen';
import { PastScreen } from '@/components/customers/past';
import { CustomerAddress } from '@/lib/backfill/view/address';
import { readCustomer } from '@/lib/backfill/view/read-customer';
import { PastAddress } from '@/lib/detection/view/address';
import { readPast } from '@/lib/detection/view/read-past';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';

export async function generateMetadata({ params }: PageProps<'/customers/[customer]'>): Promise<Metadata> {
  return { title: decodeURIComponent((await params).customer) };
}

export default async function CustomerPage({ params, searchParams }: PageProps<'/customers/[customer]'>) {
  const customer = decodeURIComponent((await params).customer);
  const query = await firstOf(searchParams);
  await openPage(`/customers/${encodeURIComponent(customer)}`, query);
  if (query.at !== undefined) {
    const past = await load('page.past', 'read', (ctx) =>
      readPast(ctx, parseInput(PastAddress, { ...query, customer })),
    );
    return <PastScreen key={query.at} customerId={customer} query={query} past={past} />;
  }
  const initial = await load('page.customer', 'read', (ctx) =>
    readCustomer(ctx, parseInput(CustomerAddress, { ...query, customer })),
  );
  return <CustomerScreen customerId={customer} initial={initial} />;
}
