import { z } from 'zod';
import { KillOrder } from '@/lib/label-store/model';
import { hasNoJob, isLongAgo, ofQueue } from '@/lib/postgres/lost-jobs';
import { pgStatement } from '@/lib/postgres/statement';
import { type KillPlan, killStates } from '../kill-model';

const ms = z.date().transform((at) => at.getTime());
const PlanJson = z.custom<KillPlan>((value) => typeof value === 'object' && value !== null);

const columns = `id, plan, job_order, state, sentence, log, requested_by, requested_at, tested_at, started_by, started_at,
      ended_at`;

const row = z
  .object({
    id: z.string(),
    plan: PlanJson,
    job_order: KillOrder,
    state: z.enum(killStates),
    sentence: z.string(),
    log: z.string(),
    requested_by: z.string(),
    requested_at: ms,
    tested_at: ms.nullable(),
    started_by: z.string().nullable(),
    started_at: ms.nullable(),
    ended_at: ms.nullable(),
  })
  .transform((one) => ({
    id: one.id,
    plan: one.plan,
    order: one.job_order,
    state: one.state,
    sentence: one.sentence,
    log: one.log,
    requestedBy: one.requested_by,
    requestedAtMs: one.requested_at,
    testedAtMs: one.tested_at,
    startedBy: one.started_by,
    startedAtMs: one.started_at,
    endedAtMs: one.ended_at,
  }));
export type KillRow = z.output<typeof row>;

export const insertKill = pgStatement({
  name: 'mutations.insert_kill',
  text: `
    INSERT INTO mutation_kills (id, customer_id, plan, plan_hash, job_order, state, requested_by)
    VALUES (:id, :customerId, :plan, :planHash, :order, 'testing', :requestedBy)`,
  params: z.object({
    id: z.string(),
    customerId: z.string(),
    plan: z.string(),
    planHash: z.string(),
    order: z.string(),
    requestedBy: z.string(),
  }),
  row: z.never(),
});

/** Reads one KILL by its primary key. */
export const selectKill = pgStatement({
  name: 'mutations.select_kill',
  text: `SELECT ${columns} FROM mutation_kills WHERE id = :id`,
  params: z.object({ id: z.string() }),
  row,
});

/** KILLs that are to be worked on and have no job. `isLate`: they were asked for or started more than a day ago. */
export const selectKillsWithoutJob = pgStatement({
  name: 'mutations.select_kills_without_job',
  text: `
    SELECT id, ${isLongAgo('coalesce(started_at, requested_at)')} AS late
    FROM mutation_kills
    WHERE state IN ('testing', 'killing') AND ${hasNoJob("jsonb_build_object('killId', id)")}`,
  params: ofQueue,
  row: z.object({ id: z.string(), late: z.boolean() }).transform(({ id, late }) => ({ killId: id, isLate: late })),
});

/**
 * The proof of a KILL: whether the chained audit has its start with exactly this plan, and the approval that was used
 * for it, which the audit must have too. Tables are named with their schema, because a pooler's connection may have
 * another search path.
 */
export const selectKillStart = pgStatement({
  name: 'mutations.select_kill_start',
  text: `
    SELECT k.plan_hash,
      EXISTS (
        SELECT FROM public.audit a
        WHERE a.action LIKE 'mutation.kill%' AND a.subject = k.id::text AND a.action = 'mutation.kill'
          AND a.seq IS NOT NULL AND a.result = 'done' AND a.detail ->> 'planHash' = k.plan_hash
      ) AS announced,
      p.requested_subject, p.id IS NOT NULL AS approved
    FROM public.mutation_kills k
    LEFT JOIN public.approvals p ON p.used_by = k.id::text AND p.kind = 'kill' AND p.state = 'used'
      AND p.plan_hash = k.plan_hash
      AND EXISTS (
        SELECT FROM public.audit a
        WHERE a.action LIKE 'approval.%' AND a.subject = p.id::text AND a.action = 'approval.approve'
          AND a.seq IS NOT NULL AND a.result = 'done' AND a.actor = p.decided_by
          AND a.detail ->> 'planHash' = k.plan_hash)
    WHERE k.id = :id`,
  params: z.object({ id: z.string() }),
  row: z
    .object({
      plan_hash: z.string(),
      announced: z.boolean(),
      requested_subject: z.string().nullable(),
      approved: z.boolean(),
    })
    .transform((one) => ({
      planHash: one.plan_hash,
      announced: one.announced,
      approval: one.approved ? { requestedSubject: one.requested_subject } : null,
    })),
});

/** The newest KILLs, at most `:rowsMax`. */
export const selectKills = pgStatement({
  name: 'mutations.select_kills',
  text: `SELECT ${columns} FROM mutation_kills ORDER BY requested_at DESC LIMIT :rowsMax`,
  params: z.object({ rowsMax: z.number() }),
  row,
});

/** A compare-and-set: it returns no row when the KILL is not in the state `:from` any more. */
export const moveKill = pgStatement({
  name: 'mutations.move_kill',
  text: `
    UPDATE mutation_kills
    SET state = :to, sentence = :sentence, log = log || :log,
      tested_at = CASE WHEN :from = 'testing' THEN now() ELSE tested_at END,
      ended_at = CASE WHEN :to IN ('killed', 'failed') THEN now() END
    WHERE id = :id AND state = :from
    RETURNING ${columns}`,
  params: z.object({ id: z.string(), from: z.string(), to: z.string(), sentence: z.string(), log: z.string() }),
  row,
});

/** A compare-and-set from `tested`. The index `mutation_kills_one_at_work` refuses a second KILL of the same plan. */
export const beginKill = pgStatement({
  name: 'mutations.begin_kill',
  text: `
    UPDATE mutation_kills
    SET state = 'killing', started_by = :startedBy, started_at = now(), sentence = 'The Job that kills it is being started.'
    WHERE id = :id AND state = 'tested'
    RETURNING ${columns}`,
  params: z.object({ id: z.string(), startedBy: z.string() }),
  row,
});
