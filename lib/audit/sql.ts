import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { auditResults } from './result-model';

const text = z.string();
const textOrNull = text.nullable();

/**
 * One row an action, in the change's own transaction; one of a run has its scope and plan. The columns that are not
 * named here are filled by the database.
 */
export const insertAudit = pgStatement({
  name: 'audit.insert',
  text: `
    INSERT INTO public.audit (
      actor, actor_subject, role, via, request_id, action, result, customer_id, from_day, to_day, run_id, plan_hash,
      subject, reason, detail)
    SELECT
      :actor, :actorSubject, :role, :via, :requestId, :action, :result, :customerId,
      coalesce(:fromDay::date, run.from_day), coalesce(:toDay::date, run.to_day), :runId::uuid,
      coalesce(:planHash, run.plan_hash), :subject, :reason, :detail::jsonb
    FROM (SELECT) AS one
    LEFT JOIN public.backfill_runs AS run ON run.id = :runId::uuid`,
  params: z.object({
    actor: text,
    actorSubject: textOrNull,
    role: text,
    via: text,
    requestId: text,
    action: text,
    result: z.enum(auditResults),
    customerId: textOrNull,
    fromDay: textOrNull,
    toDay: textOrNull,
    runId: textOrNull,
    planHash: textOrNull,
    subject: text,
    reason: textOrNull,
    detail: text,
  }),
  row: z.never(),
});

/** What is absent filters nothing. */
const Filter = z
  .object({
    customerId: text,
    actor: text,
    action: text,
    result: z.enum(auditResults),
    runId: text,
    since: text,
    until: text,
    day: text,
    text,
  })
  .partial();

const filtered = `
    SELECT id, at, actor, actor_subject, role, via, request_id, action, result, customer_id, from_day, to_day, run_id,
      plan_hash, subject, reason, detail, seq, previous_hash, hash
    FROM public.audit
    WHERE (:customerId::text IS NULL OR customer_id = :customerId)
      AND (:actor::text IS NULL OR actor = :actor)
      AND (:action::text IS NULL OR action = :action)
      AND (:result::text IS NULL OR result = :result)
      AND (:runId::uuid IS NULL OR run_id = :runId)
      AND (:since::date IS NULL OR at >= :since::date AT TIME ZONE 'UTC')
      AND (:until::date IS NULL OR at < :until::date AT TIME ZONE 'UTC')
      AND (:day::date IS NULL OR (from_day <= :day AND to_day > :day))
      AND (:text::text IS NULL OR position(lower(:text) IN lower(
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
export const selectAudit = pgStatement({
  name: 'audit.select',
  text: `${filtered}
      AND (:beforeId::bigint IS NULL OR id < :beforeId)
    ORDER BY id DESC
    LIMIT :rowsMax`,
  params: Filter.extend({ beforeId: z.number().optional(), rowsMax: z.number() }),
  row: Entry,
});

/** Oldest first, after an id, at most `rowsMax` rows: a step of an export. */
export const selectAuditAfter = pgStatement({
  name: 'audit.select_after',
  text: `${filtered}
      AND id > :afterId
    ORDER BY id
    LIMIT :rowsMax`,
  params: Filter.extend({ afterId: z.number(), rowsMax: z.number() }),
  row: Entry,
});

/**
 * The next rows of the chain after `:afterSeq`, as texts for the canonical form; what the columns hold, whatever that
 * is.
 */
export const selectChain = pgStatement({
  name: 'audit.chain',
  text: `
    SELECT
      seq::text AS seq, previous_hash, id::text AS id,
      to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
      actor, actor_subject, role, via, request_id, action, result, customer_id,
      to_char(from_day, 'YYYY-MM-DD') AS from_day, to_char(to_day, 'YYYY-MM-DD') AS to_day,
      run_id::text AS run_id, plan_hash, subject, reason, detail::text AS detail, hash
    FROM public.audit
    WHERE audit.seq > :afterSeq
    ORDER BY audit.seq
    LIMIT :rowsMax`,
  params: z.object({ afterSeq: z.number(), rowsMax: z.number() }),
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

/**
 * What the database itself noted: rows that were changed past the console, after `:afterSeq` in the chain, at most
 * `:rowsMax`.
 */
export const selectUnannounced = pgStatement({
  name: 'audit.unannounced',
  text: `
    SELECT id, seq, actor, action, subject, at
    FROM public.audit
    WHERE via = 'database' AND seq > :afterSeq
    ORDER BY seq
    LIMIT :rowsMax`,
  params: z.object({ afterSeq: z.number(), rowsMax: z.number() }),
  row: z.object({ id: z.number(), seq: z.number(), actor: text, action: text, subject: text, at: z.date() }),
});

/** Rows that no commit chained, at most `:rowsMax`; one index lookup. */
export const selectUnchained = pgStatement({
  name: 'audit.unchained',
  text: `
    SELECT id, actor, action, at
    FROM public.audit
    WHERE seq IS NULL
    ORDER BY id
    LIMIT :rowsMax`,
  params: z.object({ rowsMax: z.number() }),
  row: z.object({ id: z.number(), actor: text, action: text, at: z.date() }),
});

export const selectHead = pgStatement({
  name: 'audit.head',
  text: 'SELECT seq, hash FROM public.audit_head',
  row: z.object({ seq: z.number(), hash: text }),
});

/** Whether the role of this connection could change the audit: by a right, as its owner, or as a superuser. */
export const selectRights = pgStatement({
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
