import type { Metadata } from 'next';
import { PlanScreen } from '@/components/backfill/plan/plan-screen';
import { firstOf, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'New backfill' };

export default async function PlanPage({ searchParams }: PageProps<'/backfills/new'>) {
  await openPage('/backfills/new', await firstOf(searchParams));
  return <PlanScreen />;
}
