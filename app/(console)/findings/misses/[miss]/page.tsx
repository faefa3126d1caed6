import type { Metadata } from 'next';
import { MissScreen } from '@/components/findings/misses/miss-screen';
import { parseInput } from '@/lib/edge/action';
import { load, openPage } from '@/lib/edge/page';
import { MissAddress } from '@/lib/findings/address';
import { getMiss } from '@/lib/findings/misses/list-misses';

export const metadata: Metadata = { title: 'Missed by increments' };

export default async function MissPage({ params }: PageProps<'/findings/misses/[miss]'>) {
  const { miss } = await params;
  await openPage(`/findings/misses/${miss}`);
  const initial = await load('page.miss', 'read', (ctx) => getMiss(ctx, parseInput(MissAddress, { miss })));
  return <MissScreen missId={miss} initial={initial} />;
}
