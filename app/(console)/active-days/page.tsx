import type { Metadata } from 'next';
import { ActiveDaysScreen } from '@/components/active-days/active-days-screen';
import { firstOf, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Active Days' };

export default async function ActiveDaysPage({ searchParams }: PageProps<'/active-days'>) {
  await openPage('/active-days', await firstOf(searchParams));
  return <ActiveDaysScreen />;
}
