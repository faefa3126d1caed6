import type { Metadata } from 'next';
import { MutationsScreen } from '@/components/mutations/mutations-screen';
import { listMutations } from '@/lib/mutations/list-mutations';
import { firstOf, load, openPage } from '@/lib/server/page';

export const metadata: Metadata = { title: 'Mutations' };

export default async function MutationsPage({ searchParams }: PageProps<'/mutations'>) {
  await openPage('/mutations', await firstOf(searchParams));
  return <MutationsScreen initial={await load('page.mutations', 'read', listMutations)} />;
}
