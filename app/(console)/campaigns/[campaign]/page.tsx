import type { Metadata } from 'next';
import { CampaignScreen } from '@/components/campaigns/one/campaign-screen';
import { CampaignAddress } from '@/lib/campaigns/view/address';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import { parseInput } from '@/lib/edge/action';
import { firstOf, load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Campaign' };

export default async function CampaignPage({ params, searchParams }: PageProps<'/campaigns/[campaign]'>) {
  const { campaign } = await params;
  const query = await firstOf(searchParams);
  await openPage(`/campaigns/${campaign}`, query);
  const initial = await load('page.campaign', 'read', (ctx) => {
    const { campaign: campaignId, ...wanted } = parseInput(CampaignAddress, { campaign, page: query.page });
    return getCampaign(ctx, campaignId, wanted);
  });
  return <CampaignScreen campaignId={campaign} initial={initial} />;
}
