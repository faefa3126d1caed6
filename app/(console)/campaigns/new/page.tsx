import type { Metadata } from 'next';
import { NewCampaignScreen } from '@/components/campaigns/new/new-campaign-screen';
import { listAffectedDays } from '@/lib/detection/view/list-affected-days';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'New campaign' };

export default async function NewCampaignPage({ searchParams }: PageProps<'/campaigns/new'>) {
  await openPage('/campaigns/new', await firstOf(searchParams));
  return <NewCampaignScreen initial={await load('page.newCampaign', 'read', listAffectedDays)} />;
}
