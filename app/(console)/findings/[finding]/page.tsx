import type { Metadata } from 'next';
import { FindingScreen } from '@/components/findings/finding-screen';
import { parseInput } from '@/lib/edge/action';
import { load, openPage } from '@/lib/edge/page';
import { FindingAddress } from '@/lib/findings/address';
import { getFinding } from '@/lib/findings/get-finding';

export const metadata: Metadata = { title: 'Finding' };

export default async function FindingPage({ params }: PageProps<'/findings/[finding]'>) {
  const { finding } = await params;
  await openPage(`/findings/${finding}`);
  const initial = await load('page.finding', 'read', (ctx) => getFinding(ctx, parseInput(FindingAddress, { finding })));
  return <FindingScreen findingId={finding} initial={initial} />;
}
