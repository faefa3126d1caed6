import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

const Job = z.looseObject({ startedAt: z.number().nullable(), endedAt: z.number().nullable() });
const ofCampaign = `
    FROM campaign_customers c
    JOIN backfill_items i ON i.run_id = c.run_id`;
const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;

/** Every step of a campaign that ended, with the end of its Job. */
export const selectCampaignSteps = pgStatement({
  name: 'bench.campaign_steps',
  text: `
    SELECT s.step, ${ms('s.started_at')} AS started_ms, ${ms('s.ended_at')} AS ended_ms, s.job_status${ofCampaign}
    JOIN backfill_steps s ON s.item_id = i.id
    WHERE c.campaign_id = :campaignId AND s.started_at IS NOT NULL AND s.ended_at IS NOT NULL`,
  params: z.object({ campaignId: z.string() }),
  row: z
    .object({ step: z.string(), started_ms: z.number(), ended_ms: z.number(), job_status: Job.nullable() })
    .transform((row) => ({
      step: row.step,
      startedMs: row.started_ms,
      endedMs: row.ended_ms,
      job: row.job_status,
    })),
});
export type StepTime = z.output<typeof selectCampaignSteps.row>;

/** Every unit of a campaign that was worked on. */
export const selectCampaignUnits = pgStatement({
  name: 'bench.campaign_units',
  text: `
    SELECT i.seq, ${ms('i.started_at')} AS started_ms, ${ms('i.ended_at')} AS ended_ms, ${ms('r.created_at')} AS run_ms${ofCampaign}
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE c.campaign_id = :campaignId AND i.started_at IS NOT NULL AND i.ended_at IS NOT NULL`,
  params: z.object({ campaignId: z.string() }),
  row: z
    .object({ seq: z.number(), started_ms: z.number(), ended_ms: z.number(), run_ms: z.number() })
    .transform((row) => ({
      seq: row.seq,
      startedMs: row.started_ms,
      endedMs: row.ended_ms,
      runCreatedMs: row.run_ms,
    })),
});
export type UnitTime = z.output<typeof selectCampaignUnits.row>;
