import type { Metadata } from 'next';
import { NewCampaignScreen } from '@/components/campaigns/new/new-campaign-screen';
import { overview } from '@/lib/detection/view/overview';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'New campaign' };

export default async function NewCampaignPage({ searchParams }: PageProps<'/campaigns/new'>) {
  await openPage('/campaigns/new', await firstOf(searchParams));
  return <NewCampaignScreen initial={await load('page.newCampaign', 'read', overview)} />;
}
