import type { Context } from '@/lib/context';
import { selectCampaigns } from '../sql/view';
import type { CampaignSummary } from '../state/campaign-model';
import { readCampaignProgress } from './read-progress';

/** Active campaigns first, then the newest; at most `rowsMax`, which is 100 by default. */
export async function listCampaigns(
  { db }: Pick<Context, 'db'>,
  { orderId = null, rowsMax = 100 }: { orderId?: string | null; rowsMax?: number } = {},
): Promise<CampaignSummary[]> {
  const found = await db.query(selectCampaigns, { orderId, rowsMax });
  const progress = await readCampaignProgress(
    { db },
    found.filter(({ summary }) => summary.endedAtMs === null).map(({ summary }) => summary.id),
  );
  return found.map(({ summary }) => ({ ...summary, progress: progress.get(summary.id)?.campaign ?? null }));
}
