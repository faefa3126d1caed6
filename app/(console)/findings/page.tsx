import type { Metadata } from 'next';
import { FindingsScreen } from '@/components/findings/findings-screen';
import { listAddressOf } from '@/components/findings/list-address';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';
import { FindingsAddress } from '@/lib/findings/address';
import { findingsRevision, listFindings } from '@/lib/findings/list-findings';

export const metadata: Metadata = { title: 'Findings' };

export default async function FindingsPage({ searchParams }: PageProps<'/findings'>) {
  const query = await firstOf(searchParams);
  await openPage('/findings', query);
  const initial = await load(
    'page.findings',
    'read',
    (ctx) => listFindings(ctx, parseInput(FindingsAddress, listAddressOf(query))),
    findingsRevision,
  );
  return <FindingsScreen initial={initial} />;
}
