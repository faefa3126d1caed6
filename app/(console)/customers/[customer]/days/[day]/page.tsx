import type { Metadata } from 'next';
import { DayScreen } from '@/components/detection/day-screen';
import { DayAddress } from '@/lib/detection/view/address';
import { readDay } from '@/lib/detection/view/read-day';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';

type Props = PageProps<'/customers/[customer]/days/[day]'>;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { customer, day } = await params;
  return { title: `${decodeURIComponent(customer)} ${day}` };
}

export default async function DayPage({ params, searchParams }: Props) {
  const { day, customer: encoded } = await params;
  const customer = decodeURIComponent(encoded);
  const query = await firstOf(searchParams);
  await openPage(`/customers/${encoded}/days/${day}`, query);
  const initial = await load('page.day', 'read', (ctx) =>
    readDay(ctx, parseInput(DayAddress, { ...query, customer, day })),
  );
  return <DayScreen customerId={customer} day={day} initial={initial} />;
}
