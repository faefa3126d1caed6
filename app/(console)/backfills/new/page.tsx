import type { Metadata } from 'next';
import { PlanScreen } from '@/components/backfill/plan-screen';
import { firstOf, openPage } from '@/lib/server/page';

export const metadata: Metadata = { title: 'New backfill' };

export default async function PlanPage({ searchParams }: PageProps<'/backfills/new'>) {
  await openPage('/backfills/new', await firstOf(searchParams));
  return <PlanScreen />;
}
