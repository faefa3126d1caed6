import { z } from 'zod';
import { Scope } from '@/lib/customers/model';
import { Digest } from '@/lib/label-store/model';
import { pgStatement } from '@/lib/postgres/statement';
import { DifferenceSummary } from '../model';

/** A unit was verified: what it changed is to be compared. Written once, in the transaction that verifies it. */
export const insertDue = pgStatement({
  name: 'differences.insert_due',
  text: `
    INSERT INTO difference_sets (item_id, counted)
    VALUES (:itemId, :counted::jsonb)
    ON CONFLICT (item_id) DO NOTHING`,
  params: z.object({ itemId: z.string(), counted: z.string() }),
  row: z.never(),
});

/** The set that is due longest and that no other worker has taken; one that was taken and not ended is due again. */
export const claimDue = pgStatement({
  name: 'differences.claim_due',
  text: `
    UPDATE difference_sets d
    SET tries = d.tries + 1, claimed_at = now()
    FROM backfill_items i
    JOIN backfill_runs r ON r.id = i.run_id
    WHERE i.id = d.item_id
      AND d.item_id = (
        SELECT item_id FROM difference_sets
        WHERE state = 'due' AND tries < :triesMost
          AND (claimed_at IS NULL OR claimed_at < now() - make_interval(secs => :againSeconds::integer))
        ORDER BY verified_at
        LIMIT 1
        FOR UPDATE SKIP LOCKED)
    RETURNING d.item_id, d.tries, d.counted, i.unit, i.scope, r.id AS run_id, i.state ->> 'backupAttempt' AS backup_attempt,
      (i.plan ->> 'labelRows')::bigint AS rows_before`,
  params: z.object({ againSeconds: z.number().int(), triesMost: z.number().int() }),
  row: z
    .object({
      item_id: z.string(),
      tries: z.number(),
      counted: Digest,
      unit: z.string(),
      scope: Scope,
      run_id: z.string(),
      backup_attempt: z.coerce.number().nullable(),
      rows_before: z.number(),
    })
    .transform((row) => ({
      itemId: row.item_id,
      tries: row.tries,
      counted: row.counted,
      unit: row.unit,
      scope: row.scope,
      runId: row.run_id,
      backupAttempt: row.backup_attempt,
      rowsBefore: row.rows_before,
    })),
});

/** Ends as not kept what was taken so often that it kills its workers: a try that fails otherwise ends the set itself. */
export const endWornOut = pgStatement({
  name: 'differences.end_worn_out',
  text: `
    UPDATE difference_sets
    SET state = 'not kept', sentence = :sentence, compared_at = :comparedAt
    WHERE state = 'due' AND tries >= :triesMost AND claimed_at < now() - make_interval(secs => :againSeconds::integer)
    RETURNING item_id`,
  params: z.object({
    againSeconds: z.number().int(),
    triesMost: z.number().int(),
    sentence: z.string(),
    comparedAt: z.date(),
  }),
  row: z.object({ item_id: z.string() }).transform(({ item_id }) => item_id),
});

/** Makes a set that this worker took due again in \`:waitSeconds\`; with \`:passes\` the try does not count. */
export const putBackDue = pgStatement({
  name: 'differences.put_back_due',
  text: `
    UPDATE difference_sets
    SET tries = tries - CASE WHEN :passes::boolean THEN 1 ELSE 0 END,
      claimed_at = now() + make_interval(secs => :waitSeconds::integer - :againSeconds::integer)
    WHERE item_id = :itemId AND state = 'due' AND tries = :tries`,
  params: z.object({
    itemId: z.string(),
    tries: z.number().int(),
    passes: z.boolean(),
    waitSeconds: z.number().int(),
    againSeconds: z.number().int(),
  }),
  row: z.never(),
});

/** Ends a set that is still due; no row where somebody else did. */
export const endSet = pgStatement({
  name: 'differences.end_set',
  text: `
    UPDATE difference_sets
    SET state = :state, summary = :summary::jsonb, sentence = :sentence, compared_at = :comparedAt
    WHERE item_id = :itemId AND state = 'due'
    RETURNING item_id`,
  params: z.object({
    itemId: z.string(),
    state: z.enum(['kept', 'not kept']),
    summary: z.string().nullable(),
    sentence: z.string().nullable(),
    comparedAt: z.date(),
  }),
  row: z.object({ item_id: z.string() }).transform(({ item_id }) => item_id),
});

/** `:rows` is a JSON array of differences; written in the transaction that ends their set. */
export const insertDifferences = pgStatement({
  name: 'differences.insert',
  text: `
    INSERT INTO differences (item_id, seq, conversation_id, kinds, start_ms, agents, use_cases, olds, news)
    SELECT :itemId, d.seq, d."conversationId", d.kinds, d."startAtMs",
      ARRAY(SELECT jsonb_array_elements_text(d.agents)), ARRAY(SELECT jsonb_array_elements_text(d."useCases")), d.olds, d.news
    FROM jsonb_to_recordset(:rows::jsonb) AS d
      (seq integer, "conversationId" text, kinds integer, "startAtMs" bigint, agents jsonb, "useCases" jsonb, olds jsonb, news jsonb)`,
  params: z.object({ itemId: z.string(), rows: z.string() }),
  row: z.never(),
});

const ms = z
  .date()
  .nullable()
  .transform((at) => at?.getTime() ?? null);

/**
 * The units of a run that were worked on, in order, with their sets; a run from before sets has none. `stored` is whether
 * the conversations of the set are still there, of which the first one ages out before the others.
 */
export const selectSets = pgStatement({
  name: 'differences.select_sets',
  text: `
    SELECT i.id, i.unit, i.scope, i.status, i.state ->> 'backupAttempt' AS backup_attempt,
      (i.plan ->> 'labelRows')::bigint AS rows_before,
      i.ended_at, d.state, d.compared_at, d.summary, d.sentence,
      EXISTS (SELECT FROM differences o WHERE o.item_id = i.id AND o.seq = 0) AS stored,
      (i.state ->> 'backupAttempt') IS NOT NULL AND EXISTS (
        SELECT FROM backup_drops b
        WHERE b.backup_id = i.run_id || '/' || i.unit || '/' || (i.state ->> 'backupAttempt')) AS dropped
    FROM backfill_items i
    LEFT JOIN difference_sets d ON d.item_id = i.id
    WHERE i.run_id = :runId AND i.status <> 'skipped'
    ORDER BY i.seq`,
  params: z.object({ runId: z.string() }),
  row: z
    .object({
      id: z.string(),
      unit: z.string(),
      scope: Scope,
      status: z.string(),
      backup_attempt: z.coerce.number().nullable(),
      rows_before: z.number(),
      ended_at: ms,
      state: z.enum(['due', 'kept', 'not kept']).nullable(),
      compared_at: ms,
      summary: DifferenceSummary.nullable(),
      sentence: z.string().nullable(),
      stored: z.boolean(),
      dropped: z.boolean(),
    })
    .transform((row) => ({
      itemId: row.id,
      unit: row.unit,
      scope: row.scope,
      status: row.status,
      backupAttempt: row.backup_attempt,
      rowsBefore: row.rows_before,
      endedAtMs: row.ended_at,
      state: row.state,
      comparedAtMs: row.compared_at,
      summary: row.summary,
      sentence: row.sentence,
      stored: row.stored,
      dropped: row.dropped,
    })),
});
export type UnitSet = z.output<typeof selectSets.row>;

/** A run as the page of its differences names it. */
export const selectRunOf = pgStatement({
  name: 'differences.select_run',
  text: `SELECT customer_id, from_day, to_day, scope, strategy FROM backfill_runs WHERE id = :runId`,
  params: z.object({ runId: z.string() }),
  row: z
    .object({
      customer_id: z.string(),
      from_day: z.string(),
      to_day: z.string(),
      scope: Scope,
      strategy: z.string(),
    })
    .transform((row) => ({
      customerId: row.customer_id,
      fromDay: row.from_day,
      toDay: row.to_day,
      timeZone: row.scope.timeZone,
      scope: row.scope,
      strategy: row.strategy,
    })),
});
