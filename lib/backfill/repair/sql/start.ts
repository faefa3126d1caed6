import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import type { ApprovedOrder } from '../../plan/approved-order';
import type { BoundedPlan } from '../../plan/bounded-plan';
import { PlanJson } from '../../plan/sql/plans';

/**
 * What proves a day's run: whether the chained audit has its start with this very plan, and no end; whether the day is
 * as its plan has it; and the approval that was used for it, for its campaign, or for the standing order of a night, as
 * the audit has it too. The last two cover one run of a customer in a campaign. By primary key and indexes of the
 * audit. Every name has its schema: a connection of a pooler may have another search path.
 */
export const selectStart = pgStatement({
  name: 'backfill.select_start',
  text: `
    SELECT r.plan, r.plan_hash,
      EXISTS (
        SELECT FROM public.audit a
        WHERE a.run_id = r.id AND a.seq IS NOT NULL AND a.result = 'done'
          AND a.action = CASE WHEN r.strategy = 'undo' THEN 'undo.start' ELSE 'backfill.start' END
          AND a.plan_hash = r.plan_hash AND a.customer_id = r.customer_id
          AND a.detail ->> 'campaignId' IS NOT DISTINCT FROM r.campaign_id::text
      ) AS announced,
      EXISTS (
        SELECT FROM public.audit a
        WHERE a.run_id = r.id AND a.seq IS NOT NULL AND a.result = 'done'
          AND a.action IN ('backfill.verified', 'backfill.cancelled', 'backfill.close')
      ) AS over,
      EXISTS (SELECT FROM jsonb_array_elements(r.plan -> 'units') AS u (unit) WHERE u.unit = i.plan) AS planned,
      p.requested_subject, p.decided_subject, p.id IS NOT NULL AS approved, r.campaign_id,
      CASE WHEN p.kind = 'campaign' THEN p.plan END AS bounded, CASE WHEN p.kind = 'order' THEN p.plan END AS ordered,
      p.plan_hash AS bounded_hash,
      (SELECT sum((o.plan ->> 'rowsToDelete')::bigint) FROM public.backfill_runs o WHERE o.campaign_id = c.id)::bigint AS rows_of_campaign
    FROM public.backfill_items i
    JOIN public.backfill_runs r ON r.id = i.run_id
    LEFT JOIN public.campaigns c ON c.id = r.campaign_id
    LEFT JOIN LATERAL (
      SELECT p.id, p.kind, p.plan, p.plan_hash, p.requested_subject, p.decided_subject
      FROM public.approvals p
      WHERE p.state = 'used' AND r.confirmed <@ p.confirmed
        AND CASE
          WHEN r.campaign_id IS NOT NULL THEN CASE
            WHEN c.order_id IS NULL THEN p.used_by = r.campaign_id::text AND p.kind = 'campaign'
            ELSE p.used_by = c.order_id::text AND p.kind = 'order' AND EXISTS (
              SELECT FROM public.standing_order_nights n WHERE n.order_id = c.order_id AND n.campaign_id = c.id)
            END AND NOT EXISTS (
            SELECT FROM public.audit other
            WHERE other.action = 'backfill.start' AND other.detail ->> 'campaignId' = r.campaign_id::text
              AND other.customer_id = r.customer_id AND other.result = 'done' AND other.run_id <> r.id)
          ELSE p.used_by = r.id::text AND p.plan_hash = r.plan_hash
            AND p.kind = CASE WHEN r.strategy = 'undo' THEN 'undo' ELSE 'backfill' END
          END
        AND 2 = (
          SELECT count(DISTINCT a.action)
          FROM public.audit a
          WHERE a.action LIKE 'approval.%' AND a.subject = p.id::text AND a.seq IS NOT NULL AND a.result = 'done'
            AND a.detail ->> 'planHash' = p.plan_hash
            AND (a.action = 'approval.approve' AND a.actor = p.decided_by
              OR a.action = 'approval.use' AND a.detail ->> 'usedBy' = p.used_by))
    ) p ON true
    WHERE i.id = :itemId`,
  params: z.object({ itemId: z.string() }),
  row: z
    .object({
      plan: PlanJson,
      plan_hash: z.string(),
      announced: z.boolean(),
      over: z.boolean(),
      planned: z.boolean(),
      requested_subject: z.string().nullable(),
      decided_subject: z.string().nullable(),
      approved: z.boolean(),
      campaign_id: z.string().nullable(),
      bounded: z.custom<BoundedPlan>().nullable(),
      ordered: z.custom<ApprovedOrder>().nullable(),
      rows_of_campaign: z.number().nullable(),
      bounded_hash: z.string().nullable(),
    })
    .transform((row) => ({
      plan: row.plan,
      planHash: row.plan_hash,
      announced: row.announced,
      over: row.over,
      planned: row.planned,
      campaignId: row.campaign_id,
      approval: row.approved ? { requestedSubject: row.requested_subject, decidedSubject: row.decided_subject } : null,
      bounded: row.bounded && { plan: row.bounded, hash: row.bounded_hash },
      ordered: row.ordered && { plan: row.ordered, hash: row.bounded_hash, rowsOfNight: row.rows_of_campaign ?? 0 },
    })),
});
export type RunStart = z.output<typeof selectStart.row>;

/** Notes that a run's labels are looked at for what made them wrong: a row, unless that was noted before. */
export const beginWhy = pgStatement({
  name: 'backfill.begin_why',
  text: `
    UPDATE backfill_runs SET why = '{"origins": [], "lookedAt": 0, "total": null}'
    WHERE id = :runId AND why IS NULL
    RETURNING id`,
  params: z.object({ runId: z.string() }),
  row: z.object({ id: z.string() }),
});

/** The days that a run repairs, in order, as its plan counted them. `judged` are those that are not known to be right. */
export const selectPlannedDays = pgStatement({
  name: 'backfill.select_planned_days',
  text: `
    SELECT d.day ->> 'day' AS day, sum((d.day -> 'counts' ->> 'affected')::bigint)::bigint AS affected,
      sum((d.day -> 'counts' ->> 'affected')::bigint + (d.day -> 'counts' ->> 'settling')::bigint
        + (d.day -> 'counts' ->> 'open')::bigint)::bigint AS judged
    FROM backfill_items i, jsonb_array_elements(i.plan -> 'days') AS d (day)
    WHERE i.run_id = :runId AND i.status <> 'skipped'
    GROUP BY 1
    ORDER BY 1`,
  params: z.object({ runId: z.string() }),
  row: z.object({ day: z.string(), affected: z.number(), judged: z.number() }),
});

export const updateWhy = pgStatement({
  name: 'backfill.update_why',
  text: 'UPDATE backfill_runs SET why = :why WHERE id = :runId',
  params: z.object({ runId: z.string(), why: z.string() }),
  row: z.never(),
});
