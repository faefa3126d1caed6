import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { type AuditResult, auditResults } from './model';

type Text = string | null;

/**
 * One row an action, in the change's own transaction; one of a run has its scope and plan. The columns that are not
 * named here are the database's alone.
 */
export const insertAudit = pgStatement<
  [
    actor: string,
    actorSubject: Text,
    role: string,
    via: string,
    requestId: string,
    action: string,
    result: AuditResult,
    customerId: Text,
    fromDay: Text,
    toDay: Text,
    runId: Text,
    planHash: Text,
    subject: string,
    reason: Text,
    detail: string,
  ]
>()({
  name: 'audit.insert',
  text: `
    INSERT INTO public.audit (
      actor, actor_subject, role, via, request_id, action, result, customer_id, from_day, to_day, run_id, plan_hash,
      subject, reason, detail)
    SELECT
      $1, $2, $3, $4, $5, $6, $7, $8, coalesce($9::date, run.from_day), coalesce($10::date, run.to_day), $11::uuid,
      coalesce($12, run.plan_hash), $13, $14, $15::jsonb
    FROM (SELECT) AS one
    LEFT JOIN public.backfill_runs AS run ON run.id = $11::uuid`,
  row: z.never(),
});

export type FilterParams = [
  customerId: Text,
  actor: Text,
  action: Text,
  result: AuditResult | null,
  runId: Text,
  since: Text,
  until: Text,
  day: Text,
  text: Text,
];

const filtered = `
    SELECT id, at, actor, actor_subject, role, via, request_id, action, result, customer_id, from_day, to_day, run_id,
      plan_hash, subject, reason, detail, seq, previous_hash, hash
    FROM public.audit
    WHERE ($1::text IS NULL OR customer_id = $1)
      AND ($2::text IS NULL OR actor = $2)
      AND ($3::text IS NULL OR action = $3)
      AND ($4::text IS NULL OR result = $4)
      AND ($5::uuid IS NULL OR run_id = $5)
      AND ($6::date IS NULL OR at >= $6::date AT TIME ZONE 'UTC')
      AND ($7::date IS NULL OR at < $7::date AT TIME ZONE 'UTC')
      AND ($8::date IS NULL OR (from_day <= $8 AND to_day > $8))
      AND ($9::text IS NULL OR position(lower($9) IN lower(
        concat_ws(' ', actor, action, subject, reason, customer_id, request_id, plan_hash, detail))) > 0)`;

const Entry = z
  .object({
    id: z.number(),
    at: z.date(),
    actor: z.string(),
    actor_subject: z.string().nullable(),
    role: z.string(),
    via: z.string(),
    request_id: z.string(),
    action: z.string(),
    result: z.enum(auditResults),
    customer_id: z.string().nullable(),
    from_day: z.string().nullable(),
    to_day: z.string().nullable(),
    run_id: z.string().nullable(),
    plan_hash: z.string().nullable(),
    subject: z.string(),
    reason: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
    seq: z.number().nullable(),
    previous_hash: z.string().nullable(),
    hash: z.string().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    atMs: row.at.getTime(),
    actor: row.actor,
    actorSubject: row.actor_subject,
    role: row.role,
    via: row.via,
    requestId: row.request_id,
    action: row.action,
    result: row.result,
    customerId: row.customer_id,
    fromDay: row.from_day,
    toDay: row.to_day,
    runId: row.run_id,
    planHash: row.plan_hash,
    subject: row.subject,
    reason: row.reason,
    detail: row.detail,
    seq: row.seq,
    previousHash: row.previous_hash,
    hash: row.hash,
  }));

/** Newest first; bounded by the primary key, at most `rowsMax` rows. */
export const selectAudit = pgStatement<[...FilterParams, beforeId: number | null, rowsMax: number]>()({
  name: 'audit.select',
  text: `${filtered}
      AND ($10::bigint IS NULL OR id < $10)
    ORDER BY id DESC
    LIMIT $11`,
  row: Entry,
});

/** Oldest first, after an id, at most `rowsMax` rows: a step of an export. */
export const selectAuditAfter = pgStatement<[...FilterParams, afterId: number, rowsMax: number]>()({
  name: 'audit.select-after',
  text: `${filtered}
      AND id > $10
    ORDER BY id
    LIMIT $11`,
  row: Entry,
});

const text = z.string();
const textOrNull = z.string().nullable();

/** The next rows of the chain after `$1`, as texts for the canonical form; what the columns hold, whatever that is. */
export const selectChain = pgStatement<[afterSeq: number, rowsMax: number]>()({
  name: 'audit.chain',
  text: `
    SELECT
      seq::text AS seq, previous_hash, id::text AS id,
      to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
      actor, actor_subject, role, via, request_id, action, result, customer_id,
      to_char(from_day, 'YYYY-MM-DD') AS from_day, to_char(to_day, 'YYYY-MM-DD') AS to_day,
      run_id::text AS run_id, plan_hash, subject, reason, detail::text AS detail, hash
    FROM public.audit
    WHERE audit.seq > $1
    ORDER BY audit.seq
    LIMIT $2`,
  row: z.object({
    seq: text,
    previous_hash: textOrNull,
    id: text,
    at: text,
    actor: text,
    actor_subject: textOrNull,
    role: text,
    via: text,
    request_id: text,
    action: text,
    result: text,
    customer_id: textOrNull,
    from_day: textOrNull,
    to_day: textOrNull,
    run_id: textOrNull,
    plan_hash: textOrNull,
    subject: text,
    reason: textOrNull,
    detail: text,
    hash: textOrNull,
  }),
});

/** What the database itself noted: rows that were changed past the console, after `$1` in the chain, at most `$2`. */
export const selectUnannounced = pgStatement<[afterSeq: number, rowsMax: number]>()({
  name: 'audit.unannounced',
  text: `
    SELECT id, seq, actor, action, subject, at
    FROM public.audit
    WHERE via = 'database' AND seq > $1
    ORDER BY seq
    LIMIT $2`,
  row: z.object({ id: z.number(), seq: z.number(), actor: text, action: text, subject: text, at: z.date() }),
});

/** Rows that no commit chained, at most `$1`; one index lookup. */
export const selectUnchained = pgStatement<[rowsMax: number]>()({
  name: 'audit.unchained',
  text: `
    SELECT id, actor, action, at
    FROM public.audit
    WHERE seq IS NULL
    ORDER BY id
    LIMIT $1`,
  row: z.object({ id: z.number(), actor: text, action: text, at: z.date() }),
});

export const selectHead = pgStatement<[]>()({
  name: 'audit.head',
  text: 'SELECT seq, hash FROM public.audit_head',
  row: z.object({ seq: z.number(), hash: text }),
});

/** Whether the role of this connection could change the audit: by a right, as its owner, or as a superuser. */
export const selectRights = pgStatement<[]>()({
  name: 'audit.rights',
  text: `
    SELECT
      current_user AS role,
      pg_get_userbyid(relowner) AS owner,
      (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
      pg_has_role(current_user, relowner, 'MEMBER') AS owns,
      has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER') OR has_any_column_privilege(oid, 'UPDATE') AS may_change
    FROM pg_class
    WHERE oid = 'public.audit'::regclass`,
  row: z.object({
    role: text,
    owner: text,
    superuser: z.boolean(),
    owns: z.boolean(),
    may_change: z.boolean(),
  }),
});
