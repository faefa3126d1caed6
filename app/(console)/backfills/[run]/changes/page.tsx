import type { Metadata } from 'next';
import { DifferencesScreen } from '@/components/differences/differences-screen';
import { DifferencesAddress } from '@/lib/differences/address';
import { readDifferences } from '@/lib/differences/read-differences';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'What changed' };

export default async function DifferencesPage({ params, searchParams }: PageProps<'/backfills/[run]/changes'>) {
  const { run } = await params;
  const query = await firstOf(searchParams);
  await openPage(`/backfills/${run}/changes`, query);
  const found = await load('page.differences', 'read', (ctx) =>
    readDifferences(ctx, parseInput(DifferencesAddress, { ...query, run })),
  );
  return <DifferencesScreen runId={run} found={found} params={query} />;
}
