import type { Metadata } from 'next';
import { MutationsScreen } from '@/components/mutations/mutations-screen';
import { firstOf, load, openPage } from '@/lib/edge/page';
import { listMutations } from '@/lib/mutations/list-mutations';

export const metadata: Metadata = { title: 'Mutations' };

export default async function MutationsPage({ searchParams }: PageProps<'/mutations'>) {
  await openPage('/mutations', await firstOf(searchParams));
  return <MutationsScreen initial={await load('page.mutations', 'read', listMutations)} />;
}
