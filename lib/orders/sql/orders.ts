import { z } from 'zod';
import { hasNoJob, ofQueue } from '@/lib/postgres/lost-jobs';
import { pgStatement } from '@/lib/postgres/statement';
import { OrderPreview, OrderTerms, orderStatuses } from '../model';

const instant = z.date().transform((at) => at.getTime());

const columns = `id, status, terms, reason, replaces, preview, plan_hash, created_by, created_subject, created_at, approved_by, active_at, ended_by, ended_at, end_reason`;
const OrderRow = z
  .object({
    id: z.string(),
    status: z.enum(orderStatuses),
    terms: OrderTerms,
    reason: z.string(),
    replaces: z.string().nullable(),
    preview: OrderPreview.nullable(),
    plan_hash: z.string().nullable(),
    created_by: z.string(),
    created_subject: z.string().nullable(),
    created_at: instant,
    approved_by: z.string().nullable(),
    active_at: instant.nullable(),
    ended_by: z.string().nullable(),
    ended_at: instant.nullable(),
    end_reason: z.string().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    status: row.status,
    terms: row.terms,
    reason: row.reason,
    replaces: row.replaces,
    preview: row.preview,
    planHash: row.plan_hash,
    createdBy: row.created_by,
    createdSubject: row.created_subject,
    createdAtMs: row.created_at,
    approvedBy: row.approved_by,
    activeAtMs: row.active_at,
    endedBy: row.ended_by,
    endedAtMs: row.ended_at,
    endReason: row.end_reason,
  }));
export type OrderRow = z.output<typeof OrderRow>;

/** Orders that are to be counted and have no job. */
export const selectPreviewsWithoutJob = pgStatement({
  name: 'orders.select_previews_without_job',
  text: `
    SELECT id
    FROM standing_orders
    WHERE status = 'counting' AND ${hasNoJob("jsonb_build_object('orderId', id)")}`,
  params: ofQueue,
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});

export const insertOrder = pgStatement({
  name: 'orders.insert',
  text: `
    INSERT INTO standing_orders (id, status, terms, reason, replaces, created_by, created_subject)
    VALUES (:id, 'counting', :terms, :reason, :replaces, :createdBy, :createdSubject)`,
  params: z.object({
    id: z.string(),
    terms: z.string(),
    reason: z.string(),
    replaces: z.string().nullable(),
    createdBy: z.string(),
    createdSubject: z.string().nullable(),
  }),
  row: z.never(),
});

export const selectOrder = pgStatement({
  name: 'orders.select_one',
  text: `SELECT ${columns} FROM standing_orders WHERE id = :id`,
  params: z.object({ id: z.string() }),
  row: OrderRow,
});

/**
 * One order, locked until the transaction ends: a night begins under this lock only. It does not wait for the rows that
 * name the order, such as the campaign of the same transaction.
 */
export const lockOrder = pgStatement({
  name: 'orders.lock',
  text: `SELECT ${columns} FROM standing_orders WHERE id = :id FOR NO KEY UPDATE`,
  params: z.object({ id: z.string() }),
  row: OrderRow,
});

/** The active ones and those that stopped first, then the newest. */
export const selectOrders = pgStatement({
  name: 'orders.select',
  text: `
    SELECT ${columns}
    FROM standing_orders
    WHERE (:status::text IS NULL OR status = :status)
    ORDER BY CASE status WHEN 'active' THEN 0 WHEN 'stopped' THEN 1 WHEN 'proposed' THEN 2 WHEN 'counting' THEN 3 ELSE 4 END,
      created_at DESC
    LIMIT :rowsMax`,
  params: z.object({ status: z.enum(orderStatuses).nullable(), rowsMax: z.number() }),
  row: OrderRow,
});

/** Orders with something to do: active ones, and those of which a night is under way. */
export const selectToTick = pgStatement({
  name: 'orders.select_to_tick',
  text: `
    SELECT id FROM standing_orders WHERE status = 'active'
    UNION
    SELECT order_id FROM standing_order_nights WHERE status IN ('under way', 'closing')`,
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});

/** Compare-and-set: the preview is made. */
export const updatePreview = pgStatement({
  name: 'orders.update_preview',
  text: `
    UPDATE standing_orders SET status = 'proposed', preview = :preview, plan_hash = :planHash
    WHERE id = :id AND status = 'counting'`,
  params: z.object({ id: z.string(), preview: z.string(), planHash: z.string() }),
  row: z.never(),
});

/** Compare-and-set: the order begins, under the lock of `lockOrder`. */
export const updateActive = pgStatement({
  name: 'orders.update_active',
  text: `
    UPDATE standing_orders SET status = 'active', approved_by = :approvedBy, active_at = :activeAt
    WHERE id = :id AND status = 'proposed'`,
  params: z.object({ id: z.string(), approvedBy: z.string(), activeAt: z.date() }),
  row: z.never(),
});

/** Compare-and-set: the order stops or ends. A row back means that it had not before. Why it stopped itself is kept. */
export const updateEnded = pgStatement({
  name: 'orders.update_ended',
  text: `
    UPDATE standing_orders
    SET status = :status, ended_by = :endedBy, ended_at = coalesce(ended_at, :endedAt),
      end_reason = CASE WHEN status = 'stopped' THEN end_reason || ' ' || :endedBy || ' ended it: ' || :reason ELSE :reason END
    WHERE id = :id AND status <> 'ended' AND status <> :status
    RETURNING ${columns}`,
  params: z.object({
    id: z.string(),
    status: z.enum(['stopped', 'ended']),
    endedBy: z.string(),
    endedAt: z.date(),
    reason: z.string(),
  }),
  row: OrderRow,
});

/**
 * Whether the audit proves that the order may act: an approval of this very hash was decided and used for it. Every name
 * has its schema: a connection of a pooler may have another search path.
 */
export const selectOrderProof = pgStatement({
  name: 'orders.select_proof',
  text: `
    SELECT p.requested_subject, p.decided_subject
    FROM public.standing_orders o
    JOIN public.approvals p
      ON p.kind = 'order' AND p.used_by = o.id::text AND p.state = 'used' AND p.plan_hash = o.plan_hash
    WHERE o.id = :id AND 2 = (
      SELECT count(DISTINCT a.action)
      FROM public.audit a
      WHERE a.action LIKE 'approval.%' AND a.subject = p.id::text AND a.seq IS NOT NULL AND a.result = 'done'
        AND a.detail ->> 'planHash' = o.plan_hash
        AND (a.action = 'approval.approve' AND a.actor = p.decided_by
          OR a.action = 'approval.use' AND a.detail ->> 'usedBy' = o.id::text))`,
  params: z.object({ id: z.string() }),
  row: z
    .object({ requested_subject: z.string().nullable(), decided_subject: z.string().nullable() })
    .transform((row) => ({ requestedSubject: row.requested_subject, decidedSubject: row.decided_subject })),
});
