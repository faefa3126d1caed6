import { z } from 'zod';
import { hasNoJob, ofQueue } from '@/lib/postgres/lost-jobs';
import { pgStatement } from '@/lib/postgres/statement';
import { approvalKinds, approvalStates, selfStarting } from './state-model';

const instant = z.date().transform((at) => at.getTime());

/** What is past its time is expired, also before the worker has written so. */
const columns = `id, kind, subject, plan_hash, confirmed, customer_id, scope AS summary, row_count,
      CASE WHEN state IN ('waiting', 'approved') AND expires_at <= now() THEN 'expired' ELSE state END AS state,
      requested_by, requested_subject, requested_at, reason, decided_by, decided_at, decision_reason, expires_at,
      ended_by, ended_at, end_reason, used_by,
      (SELECT s.failure FROM approval_starts s WHERE s.approval_id = id) AS start_failure`;

const shape = z.object({
  id: z.string(),
  kind: z.enum(approvalKinds),
  subject: z.string(),
  plan_hash: z.string(),
  confirmed: z.array(z.string()),
  customer_id: z.string().nullable(),
  summary: z.string(),
  row_count: z.number(),
  state: z.enum(approvalStates),
  requested_by: z.string(),
  requested_subject: z.string().nullable(),
  requested_at: instant,
  reason: z.string(),
  decided_by: z.string().nullable(),
  decided_at: instant.nullable(),
  decision_reason: z.string().nullable(),
  expires_at: instant,
  ended_by: z.string().nullable(),
  ended_at: instant.nullable(),
  end_reason: z.string().nullable(),
  used_by: z.string().nullable(),
  start_failure: z.string().nullable(),
});

const rowOf = (row: z.output<typeof shape>) => ({
  id: row.id,
  kind: row.kind,
  subject: row.subject,
  planHash: row.plan_hash,
  confirmed: row.confirmed,
  customerId: row.customer_id,
  summary: row.summary,
  rows: row.row_count,
  state: row.state,
  requestedBy: row.requested_by,
  requestedSubject: row.requested_subject,
  requestedAtMs: row.requested_at,
  reason: row.reason,
  decidedBy: row.decided_by,
  decidedAtMs: row.decided_at,
  decisionReason: row.decision_reason,
  expiresAtMs: row.expires_at,
  endedBy: row.ended_by,
  endedAtMs: row.ended_at,
  endReason: row.end_reason,
  usedBy: row.used_by,
  startFailure: row.start_failure,
});
const listed = shape.transform(rowOf);

/** The unique index `approvals_one_open` refuses a second open request of a subject. */
export const insertApproval = pgStatement({
  name: 'approvals.insert',
  text: `
    INSERT INTO approvals
      (id, kind, subject, plan_hash, plan, confirmed, customer_id, scope, row_count, state, requested_by,
       requested_subject, reason, expires_at)
    VALUES (:id, :kind, :subject, :planHash, :plan, :confirmed, :customerId, :summary, :rows, 'waiting', :requestedBy, :requestedSubject, :reason, now() + :holdsMs * interval '1 millisecond')`,
  params: z.object({
    id: z.string(),
    kind: z.string(),
    subject: z.string(),
    planHash: z.string(),
    plan: z.string(),
    confirmed: z.array(z.string()),
    customerId: z.string().nullable(),
    summary: z.string(),
    rows: z.number(),
    requestedBy: z.string(),
    requestedSubject: z.string().nullable(),
    reason: z.string(),
    holdsMs: z.number(),
  }),
  row: z.never(),
});

/** The open request of a subject, locked until the transaction ends. */
export const lockOpen = pgStatement({
  name: 'approvals.lock_open',
  text: `
    SELECT ${columns}
    FROM approvals
    WHERE kind = :kind AND subject = :subject AND state IN ('waiting', 'approved')
    FOR UPDATE`,
  params: z.object({ kind: z.string(), subject: z.string() }),
  row: listed,
});

/**
 * Compare-and-set: decides on a request of this plan that waits and is not past its time. One's own is refused by the
 * constraint `approvals_second_person`.
 */
export const decide = pgStatement({
  name: 'approvals.decide',
  text: `
    UPDATE approvals
    SET state = :state, decided_by = :decidedBy, decided_subject = :decidedSubject, decided_at = now(), decision_reason = :reason,
      expires_at = now() + :holdsMs * interval '1 millisecond'
    WHERE id = :id AND plan_hash = :planHash AND state = 'waiting' AND expires_at > now()
    RETURNING ${columns}`,
  params: z.object({
    id: z.string(),
    planHash: z.string(),
    state: z.string(),
    decidedBy: z.string(),
    decidedSubject: z.string().nullable(),
    reason: z.string(),
    holdsMs: z.number(),
  }),
  row: listed,
});

/** Compare-and-set: ends an open request. */
export const withdraw = pgStatement({
  name: 'approvals.withdraw',
  text: `
    UPDATE approvals
    SET state = 'withdrawn', ended_by = :endedBy, ended_at = now(), end_reason = :reason
    WHERE id = :id AND state IN ('waiting', 'approved')
    RETURNING ${columns}`,
  params: z.object({ id: z.string(), endedBy: z.string(), reason: z.string() }),
  row: listed,
});

/** Compare-and-set in the transaction of what it starts: no row back means that there is nothing to use. */
export const takeUse = pgStatement({
  name: 'approvals.use',
  text: `
    UPDATE approvals
    SET state = 'used', used_by = :usedBy, ended_by = :endedBy, ended_at = now()
    WHERE kind = :kind AND plan_hash = :planHash AND state = 'approved' AND expires_at > now() AND :confirmed::text[] <@ confirmed
    RETURNING ${columns}`,
  params: z.object({
    kind: z.string(),
    planHash: z.string(),
    confirmed: z.array(z.string()),
    usedBy: z.string(),
    endedBy: z.string(),
  }),
  row: listed,
});

/**
 * Why an approval has not started what it is for; `:passes`: it is tried again. No row back: that is known, or the approval
 * is no longer to be used.
 */
export const saveStartFailure = pgStatement({
  name: 'approvals.save_start_failure',
  text: `
    INSERT INTO approval_starts (approval_id, failure, passes)
    SELECT id, :failure, :passes FROM approvals WHERE id = :id AND state = 'approved'
    ON CONFLICT (approval_id) DO UPDATE SET failure = excluded.failure, passes = excluded.passes, failed_at = now()
    WHERE approval_starts.failure <> excluded.failure OR approval_starts.passes <> excluded.passes
    RETURNING approval_id AS id`,
  params: z.object({ id: z.string(), failure: z.string(), passes: z.boolean() }),
  row: z.object({ id: z.string() }),
});

/** What is approved, starts by itself, was not refused by its start, and has no job. */
export const selectStartsWithoutJob = pgStatement({
  name: 'approvals.select_starts_without_job',
  text: `
    SELECT id
    FROM approvals
    WHERE state = 'approved' AND expires_at > now() AND kind IN (${selfStarting.map((kind) => `'${kind}'`).join(', ')})
      AND NOT EXISTS (SELECT FROM approval_starts s WHERE s.approval_id = id AND NOT s.passes)
      AND ${hasNoJob("jsonb_build_object('approvalId', id)")}`,
  params: ofQueue,
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});

/** Writes down what is past its time. */
export const expire = pgStatement({
  name: 'approvals.expire',
  text: `
    UPDATE approvals
    SET state = 'expired', ended_at = now()
    WHERE state IN ('waiting', 'approved') AND expires_at <= now()
    RETURNING ${columns}`,
  row: listed,
});

/** Waiting ones first, then the newest; at most `:rowsMax` rows, without their plans. */
export const selectApprovals = pgStatement({
  name: 'approvals.select',
  text: `
    SELECT * FROM (SELECT ${columns} FROM approvals) a
    WHERE (:customerId::text IS NULL OR customer_id = :customerId)
      AND (:state::text IS NULL OR state = :state)
    ORDER BY state = 'waiting' DESC, state = 'approved' DESC, requested_at DESC
    LIMIT :rowsMax`,
  params: z.object({ customerId: z.string().nullable(), state: z.string().nullable(), rowsMax: z.number() }),
  row: listed,
});

/** One with its plan, by primary key. */
export const selectApproval = pgStatement({
  name: 'approvals.select_one',
  text: `SELECT ${columns}, plan FROM approvals WHERE id = :id`,
  params: z.object({ id: z.string() }),
  row: shape.extend({ plan: z.unknown() }).transform((row) => ({ ...rowOf(row), plan: row.plan })),
});

/** The newest request for a plan. */
export const selectOfPlan = pgStatement({
  name: 'approvals.select_of_plan',
  text: `
    SELECT ${columns}
    FROM approvals
    WHERE kind = :kind AND plan_hash = :planHash
    ORDER BY requested_at DESC
    LIMIT 1`,
  params: z.object({ kind: z.string(), planHash: z.string() }),
  row: listed,
});

/** What started a run or a kill, if anything did. */
export const selectUsedBy = pgStatement({
  name: 'approvals.select_used_by',
  text: `SELECT ${columns} FROM approvals WHERE used_by = :usedBy`,
  params: z.object({ usedBy: z.string() }),
  row: listed,
});
