import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { campaignCustomerStatuses, campaignStatuses } from '../state/campaign-model';

/** What the progress of campaigns is made of, some 150 bytes a customer; only of those that are started and not over. */
export const selectProgressRows = pgStatement({
  name: 'campaigns.select_progress_rows',
  text: `
    SELECT c.id, c.status, (c.request ->> 'concurrency')::integer AS concurrency,
      (SELECT coalesce(jsonb_agg(jsonb_build_object(
          'customerId', k.customer_id, 'status', k.status, 'wave', k.wave,
          'plan', jsonb_build_object('seconds', (k.plan ->> 'seconds')::float8),
          'openRunId', CASE WHEN r.ended_at IS NULL THEN r.id END,
          'tookSeconds', extract(epoch FROM r.ended_at - r.created_at)) ORDER BY k.wave, k.seq), '[]')
        FROM campaign_customers k
        LEFT JOIN backfill_runs r ON r.id = k.run_id
        WHERE k.campaign_id = c.id AND k.wave IS NOT NULL AND k.plan IS NOT NULL) AS customers
    FROM campaigns c
    WHERE c.id = ANY (:campaignIds::uuid[])
      AND c.status IN ('running', 'paused', 'stopping')`,
  params: z.object({ campaignIds: z.array(z.string()) }),
  row: z
    .object({
      id: z.string(),
      status: z.enum(campaignStatuses),
      concurrency: z.number(),
      customers: z.array(
        z.object({
          customerId: z.string(),
          status: z.enum(campaignCustomerStatuses),
          wave: z.number().nullable(),
          plan: z.object({ seconds: z.number() }),
          openRunId: z.string().nullable(),
          tookSeconds: z.number().nullable(),
        }),
      ),
    })
    .transform(({ id, ...row }) => ({ campaignId: id, ...row })),
});
