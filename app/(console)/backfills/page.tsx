import type { Metadata } from 'next';
import { RunsScreen } from '@/components/backfill/run/runs-screen';
import { RunsAddress } from '@/lib/backfill/view/address';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Backfills' };

export default async function BackfillsPage({ searchParams }: PageProps<'/backfills'>) {
  const query = await firstOf(searchParams);
  await openPage('/backfills', query);
  const initial = await load('page.backfills', 'read', (ctx) => listRuns(ctx, parseInput(RunsAddress, query)));
  return <RunsScreen initial={initial} />;
}
