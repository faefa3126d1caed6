import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import {
  type CampaignCustomer,
  type CampaignCustomerStatus,
  type CampaignSummary,
  type CampaignSums,
  campaignCustomerStatuses,
  campaignOutcomes,
  campaignStatuses,
  PlanCampaign,
} from '../state/campaign-model';
import { PauseJson } from './campaigns';
import { ChecksJson, CustomerPlanJson } from './customers';

const instant = z.date().transform((at) => at.getTime());

const summaryColumns = `
      c.id, c.status, c.outcome, c.request, c.order_id, c.created_by, c.created_at, c.started_by, c.started_at, c.ended_at,
      c.reason, c.plan_hash, c.needs_approval, c.canary, c.pause,
      (SELECT coalesce(jsonb_object_agg(k.status, k.customers), '{}')
        FROM (SELECT status, count(*) AS customers FROM campaign_customers WHERE campaign_id = c.id GROUP BY status) k
      ) AS counts,
      (SELECT coalesce(sum((i.evidence ->> 'deletedRows')::bigint), 0)::bigint
        FROM backfill_runs r
        JOIN backfill_items i ON i.run_id = r.id
        WHERE r.campaign_id = c.id
      ) AS rows_deleted,
      n.*`;

/** Sums over the customers of the campaign `c` that are planned and not left out. */
const sums = `
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE k.wave IS NOT NULL) AS customers,
        count(*) FILTER (WHERE k.planned_at IS NOT NULL) AS planned,
        count(*) AS listed,
        coalesce(sum((k.plan ->> 'units')::bigint) FILTER (WHERE k.wave IS NOT NULL), 0)::bigint AS units,
        coalesce(sum((k.plan ->> 'days')::bigint) FILTER (WHERE k.wave IS NOT NULL), 0)::bigint AS days,
        coalesce(sum((k.plan ->> 'conversations')::bigint) FILTER (WHERE k.wave IS NOT NULL), 0)::bigint AS conversations,
        coalesce(sum((k.plan ->> 'seconds')::float8) FILTER (WHERE k.wave IS NOT NULL), 0) AS seconds,
        coalesce(max((k.plan ->> 'gapSeconds')::float8) FILTER (WHERE k.wave IS NOT NULL), 0) AS gap_seconds,
        coalesce(sum((k.plan ->> 'rowsToDelete')::bigint) FILTER (WHERE k.wave IS NOT NULL), 0)::bigint AS rows_to_delete,
        coalesce(sum((k.plan ->> 'rowsMost')::bigint) FILTER (WHERE k.wave IS NOT NULL), 0)::bigint AS rows_most,
        min(k.wave) FILTER (WHERE k.status IN ('waiting', 'starting', 'running')) AS wave,
        max(k.wave) AS last_wave
      FROM campaign_customers k
      WHERE k.campaign_id = c.id
    ) n`;

const noCounts = Object.fromEntries(campaignCustomerStatuses.map((status) => [status, 0])) as Record<
  CampaignCustomerStatus,
  number
>;

const SummaryRow = z
  .object({
    id: z.string(),
    status: z.enum(campaignStatuses),
    outcome: z.enum(campaignOutcomes).nullable(),
    request: PlanCampaign,
    order_id: z.string().nullable(),
    created_by: z.string(),
    created_at: instant,
    started_by: z.string().nullable(),
    started_at: instant.nullable(),
    ended_at: instant.nullable(),
    reason: z.string(),
    plan_hash: z.string().nullable(),
    needs_approval: z.boolean(),
    canary: z.string().nullable(),
    pause: PauseJson,
    counts: z.partialRecord(z.enum(campaignCustomerStatuses), z.number()),
    customers: z.number(),
    planned: z.number(),
    listed: z.number(),
    units: z.number(),
    days: z.number(),
    conversations: z.number(),
    seconds: z.number(),
    gap_seconds: z.number(),
    rows_to_delete: z.number(),
    rows_most: z.number(),
    rows_deleted: z.number(),
    wave: z.number().nullable(),
    last_wave: z.number().nullable(),
  })
  .transform((row) => ({
    summary: {
      id: row.id,
      status: row.status,
      outcome: row.outcome,
      request: row.request,
      orderId: row.order_id,
      createdBy: row.created_by,
      createdAtMs: row.created_at,
      startedBy: row.started_by,
      startedAtMs: row.started_at,
      endedAtMs: row.ended_at,
      reason: row.reason,
      counts: { ...noCounts, ...row.counts },
      rowsToDelete: row.rows_to_delete,
      rowsDeleted: row.rows_deleted,
      progress: null,
    } satisfies CampaignSummary,
    sums: {
      customers: row.customers,
      units: row.units,
      days: row.days,
      rowsToDelete: row.rows_to_delete,
      conversations: row.conversations,
      seconds: Math.ceil(row.seconds),
      gapSeconds: Math.ceil(row.gap_seconds),
    } satisfies CampaignSums,
    planHash: row.plan_hash,
    needsApproval: row.needs_approval,
    canary: row.canary,
    pause: row.pause,
    planned: { done: row.planned, of: row.listed },
    rowsMost: row.rows_most,
    wave: row.last_wave === null ? null : { at: row.wave ?? row.last_wave, of: row.last_wave },
  }));

/** Active campaigns first, then the newest; at most `:rowsMax`. */
export const selectCampaigns = pgStatement({
  name: 'campaigns.select_all',
  text: `
    SELECT ${summaryColumns}
    FROM campaigns c ${sums}
    WHERE (:orderId::uuid IS NULL OR c.order_id = :orderId::uuid)
    ORDER BY (c.status <> 'ended') DESC, c.created_at DESC
    LIMIT :rowsMax`,
  params: z.object({ orderId: z.string().nullable(), rowsMax: z.number() }),
  row: SummaryRow,
});

export const selectCampaign = pgStatement({
  name: 'campaigns.select_one',
  text: `
    SELECT ${summaryColumns}
    FROM campaigns c ${sums}
    WHERE c.id = :campaignId`,
  params: z.object({ campaignId: z.string() }),
  row: SummaryRow,
});

/**
 * One page of a campaign's customers: active ones first, or those that are left out. Pages poll it, so pre-checks that
 * pass are only counted.
 */
export const selectCustomersPage = pgStatement({
  name: 'campaigns.select_customers_page',
  text: `
    SELECT c.customer_id, coalesce(k.display_name, c.customer_id) AS display_name, c.status, c.wave, c.plan, h.open_checks,
      h.checks_passed, c.sentence, c.run_id, i.rows_deleted, i.gap_ms
    FROM campaign_customers c
    LEFT JOIN customers k ON k.id = c.customer_id
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(o.one) FILTER (WHERE o.one ->> 'verdict' <> 'pass'), '[]') AS open_checks,
        count(*) FILTER (WHERE o.one ->> 'verdict' = 'pass') AS checks_passed
      FROM jsonb_array_elements(c.checks) AS o (one)
    ) h
    LEFT JOIN LATERAL (
      SELECT coalesce(sum((evidence ->> 'deletedRows')::bigint), 0)::bigint AS rows_deleted,
        max(coalesce(gap_ms, CASE WHEN gap_from_at IS NOT NULL AND gap_to_at IS NULL
          THEN round(extract(epoch FROM now() - gap_from_at) * 1000) END))::bigint AS gap_ms
      FROM backfill_items
      WHERE run_id = c.run_id
    ) i ON c.run_id IS NOT NULL
    WHERE c.campaign_id = :campaignId AND (c.status = 'left out') = (:show = 'left out')
    ORDER BY array_position(ARRAY['needs attention', 'running', 'starting', 'waiting', 'set aside', 'not begun', 'verified'],
        c.status), c.wave, c.seq
    LIMIT :rowsMax OFFSET :skip`,
  params: z.object({ campaignId: z.string(), show: z.string(), rowsMax: z.number(), skip: z.number() }),
  row: z
    .object({
      customer_id: z.string(),
      display_name: z.string(),
      status: z.enum(campaignCustomerStatuses),
      wave: z.number().nullable(),
      plan: CustomerPlanJson,
      open_checks: ChecksJson,
      checks_passed: z.number(),
      sentence: z.string().nullable(),
      run_id: z.string().nullable(),
      rows_deleted: z.number().nullable(),
      gap_ms: z.number().nullable(),
    })
    .transform(
      (row): CampaignCustomer => ({
        customerId: row.customer_id,
        displayName: row.display_name,
        status: row.status,
        wave: row.wave,
        plan: row.plan,
        checks: row.open_checks,
        checksPassed: row.checks_passed,
        sentence: row.sentence,
        runId: row.run_id,
        progress: null,
        rowsDeleted: row.rows_deleted,
        gapMs: row.gap_ms,
      }),
    ),
});

/** The newest 100 events, oldest first. */
export const selectCampaignEvents = pgStatement({
  name: 'campaigns.select_events',
  text: `
    SELECT id, at, kind, text, customer_id
    FROM (SELECT * FROM campaign_events WHERE campaign_id = :campaignId ORDER BY id DESC LIMIT 100) e
    ORDER BY id`,
  params: z.object({ campaignId: z.string() }),
  row: z
    .object({ id: z.number(), at: instant, kind: z.string(), text: z.string(), customer_id: z.string().nullable() })
    .transform((row) => ({
      id: row.id,
      atMs: row.at,
      kind: row.kind,
      text: row.text,
      customerId: row.customer_id,
    })),
});
