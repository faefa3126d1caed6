import type { Metadata } from 'next';
import { ReportScreen } from '@/components/campaigns/report/report-screen';
import { CampaignReportAddress } from '@/lib/campaigns/view/address';
import { reportCampaign } from '@/lib/campaigns/view/report-campaign';
import { parseInput } from '@/lib/edge/action';
import { load, openPage } from '@/lib/edge/page';

export const metadata: Metadata = { title: 'Report of a campaign' };

export default async function ReportPage({ params }: PageProps<'/campaigns/[campaign]/report'>) {
  const { campaign } = await params;
  await openPage(`/campaigns/${campaign}/report`);
  const initial = await load('page.campaignReport', 'read', (ctx) =>
    reportCampaign(ctx, parseInput(CampaignReportAddress, { campaign }).campaign),
  );
  return <ReportScreen campaignId={campaign} initial={initial} />;
}
