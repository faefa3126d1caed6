import type { Metadata } from 'next';
import { TroubleScreen } from '@/components/trouble/trouble-screen';
import { load, openPage } from '@/lib/edge/page';
import { listTrouble } from '@/lib/trouble/list-trouble';

export const metadata: Metadata = { title: 'Trouble' };

export default async function TroublePage() {
  await openPage('/trouble');
  return <TroubleScreen initial={await load('page.trouble', 'read', listTrouble)} />;
}
