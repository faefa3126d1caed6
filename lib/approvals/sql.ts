import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { approvalKinds, approvalStates } from './model';

const instant = z.date().transform((at) => at.getTime());

/** What is past its time is expired, also before the worker has written so. */
const columns = `id, kind, subject, plan_hash, confirmed, customer_id, scope, row_count,
      CASE WHEN state IN ('waiting', 'approved') AND expires_at <= now() THEN 'expired' ELSE state END AS state,
      requested_by, requested_subject, requested_at, reason, decided_by, decided_at, decision_reason, expires_at,
      ended_by, ended_at, end_reason, used_by`;

const shape = z.object({
  id: z.string(),
  kind: z.enum(approvalKinds),
  subject: z.string(),
  plan_hash: z.string(),
  confirmed: z.array(z.string()),
  customer_id: z.string().nullable(),
  scope: z.string(),
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
});

const rowOf = (row: z.output<typeof shape>) => ({
  id: row.id,
  kind: row.kind,
  subject: row.subject,
  planHash: row.plan_hash,
  confirmed: row.confirmed,
  customerId: row.customer_id,
  scope: row.scope,
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
});
const summary = shape.transform(rowOf);

/** The unique index `approvals_one_open` refuses a second open request of a subject. */
export const insertApproval = pgStatement<
  [
    id: string,
    kind: string,
    subject: string,
    planHash: string,
    plan: string,
    confirmed: string[],
    customerId: string | null,
    scope: string,
    rows: number,
    requestedBy: string,
    requestedSubject: string | null,
    reason: string,
    holdsMs: number,
  ]
>()({
  name: 'approvals.insert',
  text: `
    INSERT INTO approvals
      (id, kind, subject, plan_hash, plan, confirmed, customer_id, scope, row_count, state, requested_by,
       requested_subject, reason, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', $10, $11, $12, now() + $13 * interval '1 millisecond')`,
  row: z.never(),
});

/** The open request of a subject, locked until the transaction ends. */
export const lockOpen = pgStatement<[kind: string, subject: string]>()({
  name: 'approvals.lockOpen',
  text: `
    SELECT ${columns}
    FROM approvals
    WHERE kind = $1 AND subject = $2 AND state IN ('waiting', 'approved')
    FOR UPDATE`,
  row: summary,
});

/**
 * Compare-and-set: decides on a request of this plan that waits and is not past its time. One's own is refused by the
 * constraint `approvals_second_person`.
 */
export const decide = pgStatement<
  [
    id: string,
    planHash: string,
    state: string,
    decidedBy: string,
    decidedSubject: string | null,
    reason: string,
    holdsMs: number,
  ]
>()({
  name: 'approvals.decide',
  text: `
    UPDATE approvals
    SET state = $3, decided_by = $4, decided_subject = $5, decided_at = now(), decision_reason = $6,
      expires_at = now() + $7 * interval '1 millisecond'
    WHERE id = $1 AND plan_hash = $2 AND state = 'waiting' AND expires_at > now()
    RETURNING ${columns}`,
  row: summary,
});

/** Compare-and-set: ends an open request. */
export const withdraw = pgStatement<[id: string, endedBy: string, reason: string]>()({
  name: 'approvals.withdraw',
  text: `
    UPDATE approvals
    SET state = 'withdrawn', ended_by = $2, ended_at = now(), end_reason = $3
    WHERE id = $1 AND state IN ('waiting', 'approved')
    RETURNING ${columns}`,
  row: summary,
});

/** Compare-and-set in the transaction of what it starts: no row back means that there is nothing to use. */
export const takeUse = pgStatement<
  [kind: string, planHash: string, confirmed: string[], usedBy: string, endedBy: string]
>()({
  name: 'approvals.use',
  text: `
    UPDATE approvals
    SET state = 'used', used_by = $4, ended_by = $5, ended_at = now()
    WHERE kind = $1 AND plan_hash = $2 AND state = 'approved' AND expires_at > now() AND $3::text[] <@ confirmed
    RETURNING ${columns}`,
  row: summary,
});

/** Writes down what is past its time. */
export const expire = pgStatement<[]>()({
  name: 'approvals.expire',
  text: `
    UPDATE approvals
    SET state = 'expired', ended_at = now()
    WHERE state IN ('waiting', 'approved') AND expires_at <= now()
    RETURNING ${columns}`,
  row: summary,
});

/** Waiting ones first, then the newest; at most `$3` rows, without their plans. */
export const selectApprovals = pgStatement<[customerId: string | null, state: string | null, rowsMax: number]>()({
  name: 'approvals.select',
  text: `
    SELECT * FROM (SELECT ${columns} FROM approvals) a
    WHERE ($1::text IS NULL OR customer_id = $1)
      AND ($2::text IS NULL OR state = $2)
    ORDER BY state = 'waiting' DESC, state = 'approved' DESC, requested_at DESC
    LIMIT $3`,
  row: summary,
});

/** One with its plan, by primary key. */
export const selectApproval = pgStatement<[id: string]>()({
  name: 'approvals.selectOne',
  text: `SELECT ${columns}, plan FROM approvals WHERE id = $1`,
  row: shape.extend({ plan: z.unknown() }).transform((row) => ({ ...rowOf(row), plan: row.plan })),
});

/** The newest request for a plan. */
export const selectOfPlan = pgStatement<[kind: string, planHash: string]>()({
  name: 'approvals.selectOfPlan',
  text: `
    SELECT ${columns}
    FROM approvals
    WHERE kind = $1 AND plan_hash = $2
    ORDER BY requested_at DESC
    LIMIT 1`,
  row: summary,
});

/** What started a run or a kill, if anything did. */
export const selectUsedBy = pgStatement<[usedBy: string]>()({
  name: 'approvals.selectUsedBy',
  text: `SELECT ${columns} FROM approvals WHERE used_by = $1`,
  row: summary,
});
