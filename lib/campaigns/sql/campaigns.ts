import { z } from 'zod';
import type { Pause } from '@/lib/holds/model';
import { HoursWindow } from '@/lib/hours-model';
import { hasNoJob, ofQueue } from '@/lib/postgres/lost-jobs';
import { pgStatement } from '@/lib/postgres/statement';
import { campaignOutcomes, campaignStatuses, PlanCampaign } from '../state/campaign-model';
import type { CampaignFacts } from '../state/next-of';

export const PauseJson = z.custom<Pause>().nullable();

export const insertCampaign = pgStatement({
  name: 'campaigns.insert',
  text: `
    INSERT INTO campaigns (id, status, request, order_id, created_by)
    VALUES (:id, 'planning', :request, :orderId, :createdBy)`,
  params: z.object({ id: z.string(), request: z.string(), orderId: z.string().nullable(), createdBy: z.string() }),
  row: z.never(),
});

const columns = `id, status, outcome, request, plan_hash, needs_approval, canary, pause, order_id, created_by, started_by`;
const CampaignRow = z
  .object({
    id: z.string(),
    status: z.enum(campaignStatuses),
    outcome: z.enum(campaignOutcomes).nullable(),
    request: PlanCampaign,
    plan_hash: z.string().nullable(),
    needs_approval: z.boolean(),
    canary: z.string().nullable(),
    pause: PauseJson,
    order_id: z.string().nullable(),
    created_by: z.string(),
    started_by: z.string().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    status: row.status,
    outcome: row.outcome,
    request: row.request,
    planHash: row.plan_hash,
    needsApproval: row.needs_approval,
    canary: row.canary,
    pause: row.pause,
    orderId: row.order_id,
    createdBy: row.created_by,
    startedBy: row.started_by,
  }));
export type CampaignRow = z.output<typeof CampaignRow>;

/** What decides how a campaign goes on. */
export const factsOf = ({ status, outcome, pause, request }: CampaignRow): CampaignFacts => ({
  status,
  outcome,
  pause,
  concurrency: request.concurrency,
  failureBudget: request.failureBudget,
});

/** Serializes everything that changes a campaign: people's controls, its ticks, and the starts of its runs. */
export const lockCampaign = pgStatement({
  name: 'campaigns.lock',
  text: `SELECT ${columns} FROM campaigns WHERE id = :campaignId FOR UPDATE`,
  params: z.object({ campaignId: z.string() }),
  row: CampaignRow,
});

/** The same for a tick: no row where somebody else has the campaign right now. */
export const lockForTick = pgStatement({
  name: 'campaigns.lock_for_tick',
  text: `SELECT ${columns} FROM campaigns WHERE id = :campaignId FOR UPDATE SKIP LOCKED`,
  params: z.object({ campaignId: z.string() }),
  row: CampaignRow,
});

/** Campaigns that are to be planned and have no job. */
export const selectCampaignPlansWithoutJob = pgStatement({
  name: 'campaigns.select_plans_without_job',
  text: `
    SELECT id
    FROM campaigns
    WHERE status = 'planning' AND ${hasNoJob("jsonb_build_object('campaignId', id)")}`,
  params: ofQueue,
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});

/** Customers whose turn it is and that have no job. */
export const selectCampaignStartsWithoutJob = pgStatement({
  name: 'campaigns.select_starts_without_job',
  text: `
    SELECT campaign_id, customer_id
    FROM campaign_customers
    WHERE status = 'starting'
      AND ${hasNoJob("jsonb_build_object('campaignId', campaign_id, 'customerId', customer_id)")}`,
  params: ofQueue,
  row: z
    .object({ campaign_id: z.string(), customer_id: z.string() })
    .transform((row) => ({ campaignId: row.campaign_id, customerId: row.customer_id })),
});

/** Campaigns with something to do: active ones, and ended ones of which a run has moved on since. */
export const selectToTick = pgStatement({
  name: 'campaigns.select_to_tick',
  text: `
    SELECT id FROM campaigns WHERE status IN ('running', 'paused', 'stopping')
    UNION
    SELECT c.campaign_id
    FROM campaign_customers c
    JOIN backfill_runs r ON r.id = c.run_id
    WHERE c.status IN ('running', 'needs attention')
      AND c.status <> CASE WHEN r.status IN ('queued', 'running') THEN 'running' ELSE r.status END`,
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});

/** What is looked at before a campaign goes on: its window, and the database of a customer that is not over. */
export const selectHoldSubject = pgStatement({
  name: 'campaigns.select_hold_subject',
  text: `
    SELECT p.request -> 'window' AS hours, (
      SELECT k.database_name
      FROM campaign_customers c
      JOIN customers k ON k.id = c.customer_id
      WHERE c.campaign_id = p.id AND c.status IN ('waiting', 'starting', 'running')
      ORDER BY c.wave, c.seq
      LIMIT 1) AS database_name
    FROM campaigns p
    WHERE p.id = :campaignId`,
  params: z.object({ campaignId: z.string() }),
  row: z
    .object({ hours: HoursWindow.nullable(), database_name: z.string().nullable() })
    .transform((row) => ({ window: row.hours ?? undefined, database: row.database_name })),
});

/** Every customer is planned: what was planned is now under its hash. */
export const endPlanning = pgStatement({
  name: 'campaigns.end_planning',
  text: `
    UPDATE campaigns
    SET status = CASE WHEN :outcome::text IS NULL THEN 'planned' ELSE 'ended' END,
      outcome = :outcome, plan_hash = :planHash, needs_approval = :needsApproval, canary = :canary, planned_at = now(),
      ended_at = CASE WHEN :outcome::text IS NOT NULL THEN now() END
    WHERE id = :campaignId`,
  params: z.object({
    campaignId: z.string(),
    outcome: z.enum(campaignOutcomes).nullable(),
    planHash: z.string(),
    needsApproval: z.boolean(),
    canary: z.string().nullable(),
  }),
  row: z.never(),
});

export const updateStarted = pgStatement({
  name: 'campaigns.update_started',
  text: `
    UPDATE campaigns
    SET status = 'running', started_by = :startedBy, started_at = now(), reason = :reason, needs_approval = :needsApproval
    WHERE id = :campaignId`,
  params: z.object({ campaignId: z.string(), startedBy: z.string(), reason: z.string(), needsApproval: z.boolean() }),
  row: z.never(),
});

export const updateCanary = pgStatement({
  name: 'campaigns.update_canary',
  text: 'UPDATE campaigns SET canary = :canary WHERE id = :campaignId',
  params: z.object({ campaignId: z.string(), canary: z.string() }),
  row: z.never(),
});

/** Sets the status; `:pause` is why it is paused, and NULL where it is not. The end is set once. */
export const updateCampaign = pgStatement({
  name: 'campaigns.update',
  text: `
    UPDATE campaigns
    SET status = :status, pause = :pause, outcome = :outcome,
      ended_at = CASE WHEN :status = 'ended' THEN coalesce(ended_at, now()) END
    WHERE id = :campaignId`,
  params: z.object({
    campaignId: z.string(),
    status: z.enum(campaignStatuses),
    pause: z.string().nullable(),
    outcome: z.enum(campaignOutcomes).nullable(),
  }),
  row: z.never(),
});

export const insertCampaignEvent = pgStatement({
  name: 'campaigns.insert_event',
  text: `
    INSERT INTO campaign_events (campaign_id, customer_id, kind, text)
    VALUES (:campaignId, :customerId, :kind, :text)`,
  params: z.object({ campaignId: z.string(), customerId: z.string().nullable(), kind: z.string(), text: z.string() }),
  row: z.never(),
});

/** Why a campaign stopped, as its events say; of several times the last. */
export const selectWhyStopped = pgStatement({
  name: 'campaigns.select_why_stopped',
  text: `
    SELECT text
    FROM campaign_events
    WHERE campaign_id = :campaignId AND kind = 'stop'
    ORDER BY id DESC
    LIMIT 1`,
  params: z.object({ campaignId: z.string() }),
  row: z.object({ text: z.string() }).transform(({ text }) => text),
});
