import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { missStates } from '../miss-model';

/** Takes the days as a JSON array of `MissDay`. A scan has one miss at most. */
export const insertMiss = pgStatement({
  name: 'changes.insert_miss',
  text: `
    WITH made AS (
      INSERT INTO misses (id, customer_id, scan_id, found_at, missed)
      VALUES (:id, :customerId, :scanId, :at, :missed)
      ON CONFLICT DO NOTHING
      RETURNING id)
    INSERT INTO miss_days (miss_id, day, missed, recorded, found, shares)
    SELECT made.id, (d ->> 'day')::date, (d ->> 'missed')::integer, d -> 'recorded', d -> 'found', d -> 'shares'
    FROM made, jsonb_array_elements(:days::jsonb) AS d`,
  params: z.object({
    id: z.string(),
    customerId: z.string(),
    scanId: z.string(),
    at: z.date(),
    missed: z.number(),
    days: z.string(),
  }),
  row: z.never(),
});

/**
 * An audit counted these days as they were recorded, which shows something of those that a scan of changes recorded since.
 * Returns the misses that have any of these.
 */
export const markMissDaysClean = pgStatement({
  name: 'changes.mark_miss_days_clean',
  text: `
    UPDATE miss_days d
    SET clean_at = :at
    FROM misses m
    WHERE m.customer_id = :customerId AND m.found_at < :at AND d.miss_id = m.id AND d.day = ANY (:days::date[])
      AND d.clean_at IS NULL
      AND EXISTS (
        SELECT FROM day_looks l
        JOIN scans s ON s.id = l.scan_id
        WHERE l.customer_id = m.customer_id AND l.day = d.day AND l.as_of > m.found_at AND s.kind = 'changes')
    RETURNING m.id`,
  params: z.object({ customerId: z.string(), days: z.array(z.string()), at: z.date() }),
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});

/** Ends those of these misses of which no day is left. */
export const endCleanMisses = pgStatement({
  name: 'changes.end_clean_misses',
  text: `
    UPDATE misses m
    SET revision = nextval('watch_revision'),
        state = CASE WHEN m.state = 'open' AND NOT left_over THEN 'clean since' ELSE m.state END,
        ended_at = CASE WHEN m.state = 'open' AND NOT left_over THEN :at ELSE m.ended_at END
    FROM (
      SELECT miss_id, bool_or(clean_at IS NULL) AS left_over
      FROM miss_days
      WHERE miss_id = ANY (:missIds::uuid[])
      GROUP BY miss_id) AS days
    WHERE m.id = days.miss_id
    RETURNING m.scan_id, m.state`,
  params: z.object({ missIds: z.array(z.string()), at: z.date() }),
  row: z
    .object({ scan_id: z.string(), state: z.enum(missStates) })
    .transform((row) => ({ scanId: row.scan_id, state: row.state })),
});

/** Ends those open ones of a customer of which no day that is left is in the range that audits compare. */
export const endUnwatchedMisses = pgStatement({
  name: 'changes.end_unwatched_misses',
  text: `
    UPDATE misses m
    SET state = 'not compared any more', ended_at = :at, revision = nextval('watch_revision')
    WHERE customer_id = :customerId AND state = 'open' AND found_at < :at
      AND NOT EXISTS (
        SELECT FROM miss_days
        WHERE miss_id = m.id AND clean_at IS NULL AND day >= :fromDay::date AND day < :toDay::date)
    RETURNING scan_id`,
  params: z.object({ customerId: z.string(), fromDay: z.string(), toDay: z.string(), at: z.date() }),
  row: z.object({ scan_id: z.string() }).transform((row) => row.scan_id),
});
