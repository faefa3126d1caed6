import type { Context } from '@/lib/context';
import { selectCampaigns } from '../sql/view';
import type { CampaignSummary } from '../state/campaign-model';

/** Active campaigns first, then the newest; at most `rowsMax`, which is 100 by default. */
export async function listCampaigns(
  { db }: Pick<Context, 'db'>,
  { orderId = null, rowsMax = 100 }: { orderId?: string | null; rowsMax?: number } = {},
): Promise<CampaignSummary[]> {
  return (await db.query(selectCampaigns, { orderId, rowsMax })).map(({ summary }) => summary);
}
