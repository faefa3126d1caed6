import { reportMarkdown } from '@/lib/campaigns/state/report-markdown-model';
import { CampaignReportAddress } from '@/lib/campaigns/view/address';
import { reportCampaign } from '@/lib/campaigns/view/report-campaign';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.campaignReport',
  permission: 'read',
  input: CampaignReportAddress,
  read: async (ctx, { campaign, format }) => {
    const report = await reportCampaign(ctx, campaign);
    if (format !== 'markdown') return report;
    return new Response(reportMarkdown(report), {
      headers: {
        'content-type': 'text/markdown; charset=utf-8',
        'content-disposition': `attachment; filename="campaign-${campaign.slice(0, 8)}.md"`,
        'cache-control': 'no-store',
      },
    });
  },
});
