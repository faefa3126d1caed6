import { z } from 'zod';
import { customerStates } from '@/lib/customers/state-model';
import { pgStatement } from '@/lib/postgres/statement';
import { flagBits, flagNames } from '../flags';
import { resultsOf } from '../scan/sql/scan-results';
import { type DayState, stateLetters } from './summary-model';

const letter = (state: DayState) => `'${stateLetters[state]}'`;

/** The letter of a day, as `dayState` judges it. A flag that was not counted makes every count a least one. */
const letterOfDay = `
        CASE WHEN stale > 0 THEN ${letter('stale')}
             WHEN missing > 0 OR orphans > 0 THEN ${letter('attention')}
             WHEN duplicates > 0 THEN ${letter('duplicate')}
             WHEN at_least THEN ${letter('limited')}
             WHEN settling > 0 THEN ${letter('settling')}
             WHEN conversations = 0 THEN ${letter('empty')}
             ELSE ${letter('clean')} END`;
const bitsOfDay = flagNames
  .map((flag) => `CASE WHEN (flags->>'${flag}')::integer > 0 THEN ${flagBits[flag]} ELSE 0 END`)
  .join(' | ');
const everyFlag = `ARRAY[${flagNames.map((flag) => `'${flag}'`).join(', ')}]`;
const newestDayIn = (table: string) =>
  `SELECT max(day) AS day FROM ${table} WHERE customer_id = c.id AND (conversations > 0 OR orphans > 0)`;
/** Each customer `c` with its newest day with data, whether or not the scan that saw it has ended. */
const customersWithNewest = `
    FROM customers c
    CROSS JOIN LATERAL (
      SELECT max(day) AS day FROM (${newestDayIn('day_looks')} UNION ALL ${newestDayIn('scan_days')}) either
    ) newest`;
/** What is known of its `:days` days up to that one. */
const listedResults = resultsOf('c.id', 'd.day <= newest.day AND d.day > newest.day - :days::integer', `'[]'::jsonb`);
const count = z
  .number()
  .nullable()
  .transform((value) => value ?? 0);

/**
 * Customers as the list shows them; of all, or of `:ids`. Bounded by `:days` rows and one scan for each customer: 40 ms
 * for 500 customers of 30 days.
 */
export const selectSummaries = pgStatement({
  name: 'detection.select_summaries',
  text: `
    SELECT c.id, c.display_name, c.time_zone, c.state, newest.day AS newest_day, shown.*, last.scan,
           CASE WHEN newest.day IS NOT NULL THEN shown.listed_at ELSE (
             SELECT max(looked_at) FROM days_now WHERE customer_id = c.id) END AS counted_at${customersWithNewest}
    CROSS JOIN LATERAL (
      SELECT string_agg(repeat(${letter('unscanned')}, gap) || ${letterOfDay}, '' ORDER BY day) AS days,
             sum(conversations) AS conversations, sum(affected) AS affected, sum(stale) AS stale,
             sum(duplicates) AS duplicates, sum(missing) AS missing, sum(orphans) AS orphans, sum(settling) AS settling,
             bit_or(CASE WHEN affected > 0 THEN ${bitsOfDay} ELSE 0 END) AS flags, bool_or(at_least) AS at_least,
             max(as_of) AS listed_at
      FROM (
        SELECT day, conversations, affected, stale, duplicates, missing, orphans, settling, flags, as_of,
               at_least OR NOT flags ?& ${everyFlag} AS at_least,
               day - lag(day, 1, newest.day - :days::integer) OVER (ORDER BY day) - 1 AS gap
        FROM (${listedResults}) result
      ) listed
    ) shown
    LEFT JOIN LATERAL (
      SELECT CASE WHEN s.status IN ('queued', 'running', 'failed') THEN s.status END AS scan
      FROM scans s
      WHERE s.customer_id = c.id AND s.cause <> 'after repair'
      ORDER BY s.created_at DESC
      LIMIT 1
    ) last ON true
    WHERE :ids::text[] IS NULL OR c.id = ANY(:ids::text[])`,
  params: z.object({ ids: z.array(z.string()).nullable(), days: z.number() }),
  row: z
    .object({
      id: z.string(),
      display_name: z.string(),
      time_zone: z.string(),
      state: z.enum(customerStates),
      newest_day: z.string().nullable(),
      days: z.string().nullable(),
      conversations: count,
      affected: count,
      stale: count,
      duplicates: count,
      missing: count,
      orphans: count,
      settling: count,
      flags: count,
      at_least: z.boolean().nullable(),
      counted_at: z.date().nullable(),
      scan: z.enum(['queued', 'running', 'failed']).nullable(),
    })
    .transform(({ id, display_name, time_zone, newest_day, days, at_least, counted_at, ...row }) => ({
      timeZone: time_zone,
      summary: {
        ...row,
        customerId: id,
        displayName: display_name,
        newestDay: newest_day,
        days: days ?? '',
        atLeast: at_least ?? false,
        countedAtMs: counted_at?.getTime() ?? null,
      },
    })),
});

/**
 * The customers that transactions wrote about which an earlier answer did not see: those from `:next` on, and those that
 * were open then. Beside them the same of this moment for the next answer; `open` ends nowhere, but a long transaction
 * somewhere in the server is one number in it. Bounded by what was written since the oldest of them.
 */
export const selectChanges = pgStatement({
  name: 'detection.select_changes',
  text: `
    WITH unseen AS (
      SELECT customer_id, bool_and(only_checked) AS only_checked
      FROM overview_changes
      WHERE changed >= least(:next::text::xid8, (SELECT min(one) FROM unnest(:open::text[]::xid8[]) AS one))
        AND (changed >= :next::text::xid8 OR changed = ANY (:open::text[]::xid8[]))
      GROUP BY customer_id)
    SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next,
           ARRAY(SELECT pg_snapshot_xip(pg_current_snapshot())::text) AS open,
           floor(extract(epoch FROM now()))::bigint AS second,
           ARRAY(SELECT customer_id FROM unseen WHERE NOT only_checked) AS customers,
           ARRAY(SELECT customer_id FROM unseen WHERE only_checked) AS checked`,
  params: z.object({ next: z.string().nullable(), open: z.array(z.string()) }),
  row: z.object({
    next: z.string(),
    open: z.array(z.string()),
    second: z.number(),
    customers: z.array(z.string()),
    checked: z.array(z.string()),
  }),
});

/** Forgets changes that no poll asks for any more. */
export const deleteOldChanges = pgStatement({
  name: 'detection.delete_old_changes',
  text: `DELETE FROM overview_changes WHERE at < now() - make_interval(secs => :seconds)`,
  params: z.object({ seconds: z.number() }),
  row: z.never(),
});

/** Customers with the affected ones of their listed days. Bounded like `selectSummaries`. */
export const selectAffectedDays = pgStatement({
  name: 'detection.select_affected_days',
  text: `
    SELECT c.id, c.display_name, newest.day AS newest_day, coalesce(shown.days, '[]') AS days${customersWithNewest}
    CROSS JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_array(day, affected, ${bitsOfDay}) ORDER BY day) FILTER (WHERE affected > 0) AS days
      FROM (${listedResults}) result
    ) shown
    ORDER BY c.display_name`,
  params: z.object({ days: z.number() }),
  row: z
    .object({
      id: z.string(),
      display_name: z.string(),
      newest_day: z.string().nullable(),
      days: z.array(z.tuple([z.string(), z.number(), z.number()])),
    })
    .transform((row) => ({
      customerId: row.id,
      displayName: row.display_name,
      newestDay: row.newest_day,
      days: row.days.map(([day, affected, flags]) => ({ day, affected, flags })),
    })),
});
