import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { keptTables } from './kept-tables';
import { type RetentionRule, retentionRules } from './rules';

/** Held by the transaction of a batch, so that of several workers one removes at a time. */
export const lockRetention = pgStatement({
  name: 'retention.lock',
  text: `SELECT pg_try_advisory_xact_lock(hashtextextended('retention', 0)) AS locked`,
  row: z.object({ locked: z.boolean() }).transform(({ locked }) => locked),
});

const batchOf = ({ name, table, old, empties }: RetentionRule) =>
  pgStatement({
    name: `retention.remove ${name}`,
    // NOTE: a row that was changed meanwhile has another ctid, so it is left for the next round.
    text: `
    WITH old AS (
      SELECT t.ctid AS place FROM ${table} t WHERE ${old} LIMIT :rowsMax
    ), removed AS (
      ${empties ? `UPDATE ${table} SET ${empties}` : `DELETE FROM ${table}`}
      WHERE ctid = ANY (ARRAY(SELECT place FROM old))
      RETURNING 1
    )
    SELECT count(*) AS removed FROM removed`,
    params: z.object({ before: z.date(), rowsMax: z.number() }),
    row: z.object({ removed: z.number() }).transform(({ removed }) => removed),
  });

/** Removes at most `:rowsMax` rows of a rule that are older than `:before`, and says how many. */
export const removeBatch = new Map(retentionRules.map((rule) => [rule.name, batchOf(rule)]));

const Round = z
  .object({
    name: z.string(),
    ran_at: z.date(),
    removed: z.number(),
    removed_total: z.number(),
    more: z.boolean(),
  })
  .transform((row) => ({
    name: row.name,
    ranAtMs: row.ran_at.getTime(),
    removed: row.removed,
    removedTotal: row.removed_total,
    more: row.more,
  }));

/** The last round of each rule; one row a rule. */
export const selectRounds = pgStatement({
  name: 'retention.select_rounds',
  text: 'SELECT name, ran_at, removed, removed_total, more FROM retention_rounds',
  row: Round,
});

export const saveRound = pgStatement({
  name: 'retention.save_round',
  text: `
    INSERT INTO retention_rounds AS r (name, ran_at, removed, removed_total, more)
    VALUES (:name, :ranAt, :removed, :removed, :more)
    ON CONFLICT (name) DO UPDATE
    SET ran_at = excluded.ran_at, removed = excluded.removed, removed_total = r.removed_total + excluded.removed,
      more = excluded.more`,
  params: z.object({ name: z.string(), ranAt: z.date(), removed: z.number(), more: z.boolean() }),
  row: z.never(),
});

/** Bytes of each table with its indexes, and its rows as the planner estimates them; only tables of the console. */
export const selectSizes = pgStatement({
  name: 'retention.select_sizes',
  text: `
    SELECT c.relname AS table, pg_total_relation_size(c.oid) AS bytes, greatest(c.reltuples, 0)::float8 AS rows,
      coalesce(pg_stat_get_dead_tuples(c.oid), 0) AS dead
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY (:tables)`,
  params: z.object({ tables: z.array(z.string()) }),
  row: z.object({ table: z.string(), bytes: z.number(), rows: z.number(), dead: z.number() }),
});

export const consoleTables = [...new Set([...retentionRules.map(({ table }) => table), ...Object.keys(keptTables)])];

/** The runs that are not over, whose Jobs' folders are kept. Bounded by the runs that are open. */
export const selectOpenRuns = pgStatement({
  name: 'retention.open_runs',
  text: `SELECT id FROM backfill_runs WHERE status IN ('queued', 'running', 'needs attention')`,
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});
