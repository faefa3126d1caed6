import type { Metadata } from 'next';
import { RunScreen } from '@/components/backfill/run/run-screen';
import { RunAddress } from '@/lib/backfill/view/address';
import { getRun } from '@/lib/backfill/view/get-run';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Backfill' };

export default async function RunPage({ params, searchParams }: PageProps<'/backfills/[run]'>) {
  const { run } = await params;
  const query = await firstOf(searchParams);
  await openPage(`/backfills/${run}`, query);
  const initial = await load('page.run', 'read', (ctx) => {
    const { run: runId, ...wanted } = parseInput(RunAddress, { run, unit: query.unit, page: query.page });
    return getRun(ctx, runId, wanted);
  });
  return <RunScreen runId={run} initial={initial} />;
}
