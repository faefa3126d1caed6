import { z } from 'zod';
import { StoredFlags } from '@/lib/detection/model';
import { pgStatement } from '@/lib/postgres/statement';

/**
 * One transaction at a time writes the history, until it ends, so that revisions become visible in their order: a poll
 * that asks for what is newer than a revision misses nothing.
 */
export const lockHistory = pgStatement({
  name: 'findings.lock_history',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('findings.history', 0))`,
  row: z.unknown(),
});

/** What `foundOf` judges. */
export const Seen = z
  .object({ affected: z.number(), settling: z.number(), atLeast: z.boolean(), flags: StoredFlags })
  .transform(({ flags, ...seen }) => ({ ...seen, flags: flags.counts }));

/**
 * Writes what a scan found on these days, a JSON array of `DayResult`, and one row of history for each day on which what
 * is wrong changed, whether anything is settling, or whether it has conversations. Returns the days that it wrote, each
 * with what the look before found: one that was looked at since is left out.
 */
export const recordLooks = pgStatement({
  name: 'findings.record_looks',
  text: `
    WITH given AS (
      SELECT (d->>'day')::date AS day, to_timestamp((d->>'asOfMs')::float8 / 1000) AS as_of,
             (d->>'conversations')::integer AS conversations, (d->>'affected')::integer AS affected,
             (d->>'stale')::integer AS stale, (d->>'duplicates')::integer AS duplicates,
             (d->>'missing')::integer AS missing, (d->>'orphans')::integer AS orphans, (d->>'open')::integer AS open,
             (d->>'settling')::integer AS settling, d->'flags' AS flags, d->'byAgent' AS by_agent,
             d->'byUseCase' AS by_use_case, (d->>'atLeast')::boolean AS at_least
      FROM jsonb_array_elements(:days::jsonb) AS d),
    compared AS (
      SELECT g.*,
             (g.affected, g.stale, g.duplicates, g.missing, g.orphans, g.flags, g.at_least, g.settling > 0, g.conversations > 0)
               IS DISTINCT FROM
               (l.affected, l.stale, l.duplicates, l.missing, l.orphans, l.flags, l.at_least, l.settling > 0, l.conversations > 0)
               AS wrong_changed,
             (g.conversations, g.open, g.settling, g.by_agent, g.by_use_case) IS DISTINCT FROM
               (l.conversations, l.open, l.settling, l.by_agent, l.by_use_case) AS rest_changed,
             CASE WHEN l.day IS NOT NULL THEN jsonb_build_object(
               'affected', l.affected, 'settling', l.settling, 'atLeast', l.at_least, 'flags', l.flags) END AS before,
             l.looked_at AS before_at
      FROM given g
      LEFT JOIN days_now l ON l.customer_id = :customerId AND l.day = g.day
      WHERE l.day IS NULL OR l.as_of <= g.as_of),
    same AS (
      UPDATE day_looks l
      SET as_of = c.as_of, scan_id = :scanId
      FROM compared c
      WHERE l.customer_id = :customerId AND l.day = c.day AND NOT (c.wrong_changed OR c.rest_changed)),
    changed AS (
      INSERT INTO day_looks (customer_id, day, as_of, scan_id, conversations, affected, stale, duplicates, missing,
                             orphans, open, settling, flags, by_agent, by_use_case, at_least)
      SELECT :customerId, day, as_of, :scanId, conversations, affected, stale, duplicates, missing, orphans, open,
             settling, flags, by_agent, by_use_case, at_least
      FROM compared
      WHERE wrong_changed OR rest_changed
      ON CONFLICT (customer_id, day) DO UPDATE
      SET as_of = excluded.as_of, scan_id = excluded.scan_id, conversations = excluded.conversations,
          affected = excluded.affected, stale = excluded.stale, duplicates = excluded.duplicates, missing = excluded.missing,
          orphans = excluded.orphans, open = excluded.open, settling = excluded.settling, flags = excluded.flags,
          by_agent = excluded.by_agent, by_use_case = excluded.by_use_case, at_least = excluded.at_least),
    history AS (
      INSERT INTO day_counts (customer_id, day, as_of, conversations, affected, stale, duplicates, missing, orphans,
                              open, settling, flags, at_least)
      SELECT :customerId, day, as_of, conversations, affected, stale, duplicates, missing, orphans, open, settling,
             flags, at_least
      FROM compared
      WHERE wrong_changed
      ON CONFLICT (customer_id, day, as_of) DO UPDATE
      SET conversations = excluded.conversations, affected = excluded.affected, stale = excluded.stale,
          duplicates = excluded.duplicates, missing = excluded.missing, orphans = excluded.orphans,
          open = excluded.open, settling = excluded.settling, flags = excluded.flags, at_least = excluded.at_least),
    newest AS (
      UPDATE day_counts h
      SET conversations = c.conversations, open = c.open, settling = c.settling
      FROM compared c
      WHERE c.rest_changed AND NOT c.wrong_changed AND h.customer_id = :customerId AND h.day = c.day
        AND h.as_of = (SELECT max(n.as_of) FROM day_counts n WHERE n.customer_id = :customerId AND n.day = c.day))
    SELECT day, before, before_at FROM compared ORDER BY day`,
  params: z.object({ customerId: z.string(), scanId: z.string(), days: z.string() }),
  row: z
    .object({ day: z.string(), before: Seen.nullable(), before_at: z.date().nullable() })
    .transform(({ day, before, before_at }) => ({
      day,
      before: before && before_at && { ...before, atMs: before_at.getTime() },
    })),
});
