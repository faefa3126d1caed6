import { z } from 'zod';
import { runStatuses } from '@/lib/backfill/state/model';
import type { PreCheck } from '@/lib/backfill/state/plan-model';
import { pauseCauses } from '@/lib/holds/model';
import { pgStatement } from '@/lib/postgres/statement';
import { type CustomerPlan, campaignCustomerStatuses, campaignStatuses, PlanCampaign } from '../state/campaign-model';
import { PauseJson } from './campaigns';

export const CustomerPlanJson = z.custom<CustomerPlan>().nullable();
export const ChecksJson = z.custom<PreCheck[]>();
const status = z.enum(campaignCustomerStatuses);

/** The customers of a campaign in the order of their ids. One with a sentence is left out without a plan. */
export const insertCustomers = pgStatement({
  name: 'campaigns.insert_customers',
  text: `
    INSERT INTO campaign_customers (campaign_id, customer_id, seq, status, sentence, planned_at)
    SELECT :campaignId, c.id, c.seq - 1, CASE WHEN c.sentence IS NULL THEN 'waiting' ELSE 'left out' END, c.sentence,
      CASE WHEN c.sentence IS NOT NULL THEN now() END
    FROM unnest(:customerIds::text[], :sentences::text[]) WITH ORDINALITY AS c (id, sentence, seq)`,
  params: z.object({
    campaignId: z.string(),
    customerIds: z.array(z.string()),
    sentences: z.array(z.string().nullable()),
  }),
  row: z.never(),
});

/** What is left to plan of a campaign that is being planned. */
export const selectUnplanned = pgStatement({
  name: 'campaigns.select_unplanned',
  text: `
    SELECT c.customer_id, p.request
    FROM campaigns p
    JOIN campaign_customers c ON c.campaign_id = p.id
    WHERE p.id = :campaignId AND p.status = 'planning' AND c.planned_at IS NULL
    ORDER BY c.seq`,
  params: z.object({ campaignId: z.string() }),
  row: z
    .object({ customer_id: z.string(), request: PlanCampaign })
    .transform((row) => ({ customerId: row.customer_id, request: row.request })),
});

/** Keeps what was planned for a customer, once, and only while the campaign is being planned. */
export const savePlanned = pgStatement({
  name: 'campaigns.save_planned',
  text: `
    UPDATE campaign_customers c
    SET plan = :plan, checks = :checks, sentence = :sentence, planned_at = now(),
      status = CASE WHEN :sentence::text IS NULL THEN 'waiting' ELSE 'left out' END
    FROM campaigns p
    WHERE p.id = c.campaign_id AND p.status = 'planning'
      AND c.campaign_id = :campaignId AND c.customer_id = :customerId AND c.planned_at IS NULL`,
  params: z.object({
    campaignId: z.string(),
    customerId: z.string(),
    plan: z.string().nullable(),
    checks: z.string(),
    sentence: z.string().nullable(),
  }),
  row: z.never(),
});

/** The customers that are planned and not left out. */
export const selectPlanned = pgStatement({
  name: 'campaigns.select_planned',
  text: `
    SELECT customer_id, wave, plan
    FROM campaign_customers
    WHERE campaign_id = :campaignId AND planned_at IS NOT NULL AND plan IS NOT NULL AND status <> 'left out'
    ORDER BY (plan ->> 'rowsToDelete')::bigint, customer_id`,
  params: z.object({ campaignId: z.string() }),
  row: z
    .object({ customer_id: z.string(), wave: z.number().nullable(), plan: z.custom<CustomerPlan>() })
    .transform((row) => ({ customerId: row.customer_id, wave: row.wave, plan: row.plan })),
});

/** Puts customers into their order and waves. */
export const placeCustomers = pgStatement({
  name: 'campaigns.place_customers',
  text: `
    UPDATE campaign_customers c
    SET seq = p.seq - 1, wave = p.wave
    FROM unnest(:customerIds::text[], :waves::integer[]) WITH ORDINALITY AS p (id, wave, seq)
    WHERE c.campaign_id = :campaignId AND c.customer_id = p.id`,
  params: z.object({ campaignId: z.string(), customerIds: z.array(z.string()), waves: z.array(z.number()) }),
  row: z.never(),
});

/** What a tick looks at of every customer that is not left out by the plan: its run, and a run of others in its range. */
export const selectFacts = pgStatement({
  name: 'campaigns.select_facts',
  text: `
    SELECT c.customer_id, c.status, c.wave, c.sentence, coalesce((c.plan ->> 'rowsToDelete')::bigint, 0) AS rows_to_delete,
      coalesce(c.not_before > now(), false) AS is_early,
      r.id AS run_id, r.status AS run_status, r.cancel_after IS NOT NULL AS cancelling, r.pause ->> 'cause' AS paused,
      coalesce(i.total, 0) AS units, coalesce(i.verified, 0) AS units_verified, coalesce(i.lost, 0) AS lost, i.failure,
      o.id AS other_run
    FROM campaigns p
    JOIN campaign_customers c ON c.campaign_id = p.id
    LEFT JOIN backfill_runs r ON r.id = c.run_id
    LEFT JOIN LATERAL (
      SELECT count(*) FILTER (WHERE status <> 'skipped') AS total,
        count(*) FILTER (WHERE status = 'verified') AS verified,
        coalesce(sum((evidence ->> 'lost')::bigint) FILTER (WHERE status = 'needs attention'), 0)::bigint AS lost,
        min(failure) FILTER (WHERE status = 'needs attention') AS failure
      FROM backfill_items
      WHERE run_id = r.id
    ) i ON c.status IN ('running', 'needs attention')
    LEFT JOIN LATERAL (
      SELECT a.id
      FROM backfill_runs a
      WHERE a.customer_id = c.customer_id AND a.status IN ('queued', 'running', 'needs attention')
        AND daterange(a.from_day, a.to_day) && daterange((p.request ->> 'fromDay')::date, (p.request ->> 'toDay')::date)
      LIMIT 1
    ) o ON c.status = 'waiting'
    WHERE p.id = :campaignId AND c.wave IS NOT NULL
    ORDER BY c.wave, c.seq`,
  params: z.object({ campaignId: z.string() }),
  row: z
    .object({
      customer_id: z.string(),
      status,
      wave: z.number(),
      sentence: z.string().nullable(),
      rows_to_delete: z.number(),
      is_early: z.boolean(),
      run_id: z.string().nullable(),
      run_status: z.enum(runStatuses).nullable(),
      cancelling: z.boolean().nullable(),
      paused: z.enum(pauseCauses).nullable(),
      units: z.number(),
      units_verified: z.number(),
      lost: z.number(),
      failure: z.string().nullable(),
      other_run: z.string().nullable(),
    })
    .transform((row) => ({
      customerId: row.customer_id,
      status: row.status,
      wave: row.wave,
      sentence: row.sentence,
      rowsToDelete: row.rows_to_delete,
      isEarly: row.is_early,
      otherRun: row.other_run,
      run:
        row.run_id !== null && row.run_status !== null
          ? {
              id: row.run_id,
              status: row.run_status,
              cancelling: row.cancelling === true,
              paused: row.paused,
              units: row.units,
              unitsVerified: row.units_verified,
              lost: row.lost,
              failure: row.failure,
            }
          : null,
    })),
});

/** Changes a customer of a campaign; the caller holds the campaign's lock. `:waitMs` until it is tried again. */
export const updateCustomer = pgStatement({
  name: 'campaigns.update_customer',
  text: `
    UPDATE campaign_customers
    SET status = :status, sentence = :sentence, run_id = coalesce(:runId, run_id),
      not_before = now() + :waitMs::float8 * interval '1 millisecond'
    WHERE campaign_id = :campaignId AND customer_id = :customerId`,
  params: z.object({
    campaignId: z.string(),
    customerId: z.string(),
    status,
    sentence: z.string().nullable(),
    runId: z.string().nullable().default(null),
    waitMs: z.number().nullable().default(null),
  }),
  row: z.never(),
});

/** A customer takes the place of a canary that needs no repair any more. */
export const updateWave = pgStatement({
  name: 'campaigns.update_wave',
  text: 'UPDATE campaign_customers SET wave = 0 WHERE campaign_id = :campaignId AND customer_id = :customerId',
  params: z.object({ campaignId: z.string(), customerId: z.string() }),
  row: z.never(),
});

/** Runs of a campaign that are under way. */
export const countActiveRuns = pgStatement({
  name: 'campaigns.count_active_runs',
  text: `
    SELECT count(*) AS active FROM backfill_runs WHERE campaign_id = :campaignId AND status IN ('queued', 'running')`,
  params: z.object({ campaignId: z.string() }),
  row: z.object({ active: z.number() }).transform(({ active }) => active),
});

/** A customer whose turn it is, with what its run has to keep to. */
export const selectTurn = pgStatement({
  name: 'campaigns.select_turn',
  text: `
    SELECT p.status AS campaign_status, p.request, p.started_by, p.reason, p.needs_approval, p.order_id, p.pause, c.status, c.plan
    FROM campaign_customers c
    JOIN campaigns p ON p.id = c.campaign_id
    WHERE c.campaign_id = :campaignId AND c.customer_id = :customerId`,
  params: z.object({ campaignId: z.string(), customerId: z.string() }),
  row: z
    .object({
      campaign_status: z.enum(campaignStatuses),
      request: PlanCampaign,
      started_by: z.string().nullable(),
      reason: z.string(),
      needs_approval: z.boolean(),
      order_id: z.string().nullable(),
      pause: PauseJson,
      status,
      plan: CustomerPlanJson,
    })
    .transform((row) => ({
      campaignStatus: row.campaign_status,
      request: row.request,
      startedBy: row.started_by,
      reason: row.reason,
      isApproved: row.needs_approval,
      orderId: row.order_id,
      status: row.status,
      plan: row.plan,
    })),
});

/** Sets the bounds of planned customers, and leaves out those that have a sentence. */
export const updateBounds = pgStatement({
  name: 'campaigns.update_bounds',
  text: `
    UPDATE campaign_customers c
    SET plan = CASE WHEN b.rows_most IS NULL THEN c.plan ELSE c.plan || jsonb_build_object('rowsMost', b.rows_most) END,
      status = CASE WHEN b.rows_most IS NULL THEN 'left out' ELSE c.status END,
      sentence = b.sentence
    FROM unnest(:customerIds::text[], :rowsMost::bigint[], :sentences::text[]) AS b (id, rows_most, sentence)
    WHERE c.campaign_id = :campaignId AND c.customer_id = b.id`,
  params: z.object({
    campaignId: z.string(),
    customerIds: z.array(z.string()),
    rowsMost: z.array(z.number().nullable()),
    sentences: z.array(z.string().nullable()),
  }),
  row: z.never(),
});
