import type { Progress } from '@/lib/backfill/state/model';
import { readProgress } from '@/lib/backfill/view/run-progress';
import type { Context } from '@/lib/context';
import { selectProgressRows } from '../sql/progress';
import { campaignProgress } from './progress';

/** The progress of a campaign, and of its customers that are under way by their ids. */
export type CampaignProgress = { campaign: Progress | null; customers: Map<string, Progress> };

/** The progress of those of the campaigns that are started and not over, by their ids; two statements. */
export async function readCampaignProgress(
  ctx: Pick<Context, 'db'>,
  campaignIds: readonly string[],
): Promise<Map<string, CampaignProgress>> {
  const rows =
    campaignIds.length === 0 ? [] : await ctx.db.query(selectProgressRows, { campaignIds: [...campaignIds] });
  const runs = await readProgress(
    ctx,
    rows.flatMap(({ customers }) => customers.flatMap(({ openRunId }) => openRunId ?? [])),
  );
  return new Map(
    rows.map(({ campaignId, status, concurrency, customers }) => {
      const now = customers.map(({ openRunId, ...customer }) => ({
        ...customer,
        progress: (openRunId && runs.get(openRunId)?.run) || null,
      }));
      return [
        campaignId,
        {
          campaign: campaignProgress(now, { status, concurrency }),
          customers: new Map(now.flatMap(({ customerId, progress }) => (progress ? [[customerId, progress]] : []))),
        },
      ];
    }),
  );
}
