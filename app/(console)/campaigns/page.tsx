import type { Metadata } from 'next';
import { CampaignsScreen } from '@/components/campaigns/campaigns-screen';
import { listCampaigns } from '@/lib/campaigns/view/list-campaigns';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Campaigns' };

export default async function CampaignsPage({ searchParams }: PageProps<'/campaigns'>) {
  await openPage('/campaigns', await firstOf(searchParams));
  return <CampaignsScreen initial={await load('page.campaigns', 'read', (ctx) => listCampaigns(ctx))} />;
}
