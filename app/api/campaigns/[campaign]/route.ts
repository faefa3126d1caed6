import { CampaignAddress } from '@/lib/campaigns/view/address';
import { getCampaign } from '@/lib/campaigns/view/get-campaign';
import { route } from '@/lib/edge/route';

export const GET = route({
  name: 'api.campaign',
  permission: 'read',
  input: CampaignAddress,
  shared: true,
  read: (ctx, { campaign, ...wanted }) => getCampaign(ctx, campaign, wanted),
});
