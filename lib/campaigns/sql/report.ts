import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { campaignCustomerStatuses } from '../state/campaign-model';

/** Agents of a snapshot of the run `c.run_id` with their days over all use cases. */
const daysIn = (phase: 'before' | 'expected' | 'after') => `(
          SELECT s.agent, s.days
          FROM active_days_snapshots a, jsonb_to_recordset(a.rows) AS s (agent text, "useCase" text, days integer)
          WHERE a.run_id = c.run_id AND a.phase = '${phase}' AND s."useCase" IS NULL)`;

/**
 * Every customer of a campaign with what its run came to. An agent's days count as mended where they are those that the
 * truth expects now and were others before. Bounded by the campaign's runs and their units.
 */
export const selectReport = pgStatement({
  name: 'campaigns.select_report',
  text: `
    SELECT c.customer_id, coalesce(k.display_name, c.customer_id) AS display_name, c.status, c.sentence, c.run_id,
      i.units, i.rows_deleted, i.conversations, i.gap_most, i.gap_sum, coalesce(d.mended, 0) AS mended
    FROM campaign_customers c
    LEFT JOIN customers k ON k.id = c.customer_id
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE status = 'verified') AS units,
        coalesce(sum((evidence ->> 'deletedRows')::bigint), 0)::bigint AS rows_deleted,
        coalesce(sum((plan ->> 'conversationsThatChange')::bigint) FILTER (WHERE status = 'verified'), 0)::bigint AS conversations,
        coalesce(max(gap_ms), 0)::bigint AS gap_most,
        coalesce(sum(gap_ms), 0)::bigint AS gap_sum
      FROM backfill_items
      WHERE run_id = c.run_id
    ) i
    LEFT JOIN LATERAL (
      SELECT sum(abs(coalesce(a.days, 0) - coalesce(b.days, 0)))::bigint AS mended
      FROM ${daysIn('after')} a
      FULL JOIN ${daysIn('before')} b USING (agent)
      FULL JOIN ${daysIn('expected')} x USING (agent)
      WHERE coalesce(a.days, 0) = coalesce(x.days, 0)
    ) d ON c.status = 'verified'
    WHERE c.campaign_id = :campaignId
    ORDER BY c.wave NULLS LAST, c.seq`,
  params: z.object({ campaignId: z.string() }),
  row: z
    .object({
      customer_id: z.string(),
      display_name: z.string(),
      status: z.enum(campaignCustomerStatuses),
      sentence: z.string().nullable(),
      run_id: z.string().nullable(),
      units: z.number(),
      rows_deleted: z.number(),
      conversations: z.number(),
      gap_most: z.number(),
      gap_sum: z.number(),
      mended: z.number(),
    })
    .transform((row) => ({
      customerId: row.customer_id,
      displayName: row.display_name,
      status: row.status,
      sentence: row.sentence,
      runId: row.run_id,
      units: row.units,
      rowsDeleted: row.rows_deleted,
      conversationsChanged: row.conversations,
      gapMostMs: row.gap_most,
      gapSumMs: row.gap_sum,
      agentDaysMended: row.mended,
    })),
});
