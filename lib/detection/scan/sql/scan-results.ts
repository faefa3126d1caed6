import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { DayResult, StoredFlags } from '../../model';
import { addToHour } from './scan-costs';

const instant = z.date().transform((at) => at.getTime());

/** `runs` is 1 when the scan has ended. */
export const addScanCost = pgStatement({
  name: 'detection.add_cost',
  text: `
    WITH cost AS (${addToHour('true', ':runs')})
    UPDATE scans SET rows_read = rows_read + :rowsRead, bytes_read = bytes_read + :bytesRead WHERE id = :scanId`,
  params: z.object({
    scanId: z.string(),
    asOf: z.date(),
    runs: z.number().int(),
    rowsRead: z.number(),
    bytesRead: z.number(),
    elapsedMs: z.number(),
    queryIds: z.array(z.string()),
  }),
  row: z.never(),
});

/**
 * Takes the days as a JSON array of `DayResult`: what a scan that is under way found so far, of days that were never
 * looked at. A later answer of the same scan replaces an earlier one.
 */
export const upsertDays = pgStatement({
  name: 'detection.upsert_days',
  text: `
    INSERT INTO scan_days (scan_id, customer_id, day, as_of, conversations, affected, stale, duplicates, missing,
                           orphans, open, settling, flags, by_agent, by_use_case, at_least)
    SELECT :scanId, :customerId, (d->>'day')::date, to_timestamp((d->>'asOfMs')::float8 / 1000), (d->>'conversations')::integer,
           (d->>'affected')::integer, (d->>'stale')::integer, (d->>'duplicates')::integer, (d->>'missing')::integer,
           (d->>'orphans')::integer, (d->>'open')::integer, (d->>'settling')::integer, d->'flags', d->'byAgent',
           d->'byUseCase', (d->>'atLeast')::boolean
    FROM jsonb_array_elements(:days::jsonb) AS d
    WHERE NOT EXISTS (SELECT FROM day_looks l WHERE l.customer_id = :customerId AND l.day = (d->>'day')::date)
    ON CONFLICT (scan_id, day) DO UPDATE
    SET as_of = excluded.as_of, conversations = excluded.conversations, affected = excluded.affected,
        stale = excluded.stale, duplicates = excluded.duplicates, missing = excluded.missing,
        orphans = excluded.orphans, open = excluded.open, settling = excluded.settling, flags = excluded.flags,
        by_agent = excluded.by_agent, by_use_case = excluded.by_use_case, at_least = excluded.at_least`,
  params: z.object({ scanId: z.string(), customerId: z.string(), days: z.string() }),
  row: z.never(),
});

/** Once a scan has ended, `day_looks` has its days, and those of earlier scans that did not reach their end. */
export const dropProgress = pgStatement({
  name: 'detection.drop_progress',
  text: `
    DELETE FROM scan_days d
    WHERE d.customer_id = :customerId
      AND EXISTS (SELECT FROM day_looks l WHERE l.customer_id = d.customer_id AND l.day = d.day)`,
  params: z.object({ customerId: z.string() }),
  row: z.never(),
});

const DayRow = z
  .object({
    customer_id: z.string(),
    day: z.string(),
    as_of: instant,
    conversations: z.number(),
    affected: z.number(),
    stale: z.number(),
    duplicates: z.number(),
    missing: z.number(),
    orphans: z.number(),
    open: z.number(),
    settling: z.number(),
    flags: StoredFlags,
    by_agent: DayResult.shape.byAgent,
    by_use_case: DayResult.shape.byUseCase,
    at_least: z.boolean(),
  })
  .transform(({ customer_id, as_of, by_agent, by_use_case, at_least, flags, ...counts }) => ({
    customerId: customer_id,
    day: {
      ...counts,
      flags: flags.counts,
      asOfMs: as_of,
      atLeast: at_least || !flags.isComplete,
      byAgent: by_agent,
      byUseCase: by_use_case,
    },
  }));

/**
 * The days of one customer, `:customerId` or `c.id`, that fulfil a condition: as they were last looked at, or, where
 * none was, as scans that did not end saw them.
 */
export const resultsOf = (customerId: string, where: string, byAgent = 'd.by_agent') => `
    SELECT d.customer_id, d.day, d.looked_at AS as_of, d.conversations, d.affected, d.stale, d.duplicates, d.missing,
           d.orphans, d.open, d.settling, d.flags, ${byAgent} AS by_agent, d.by_use_case, d.at_least
    FROM days_now d
    WHERE d.customer_id = ${customerId} AND ${where}
    UNION ALL
    (SELECT DISTINCT ON (d.day)
            d.customer_id, d.day, d.as_of, d.conversations, d.affected, d.stale, d.duplicates, d.missing,
            d.orphans, d.open, d.settling, d.flags, ${byAgent} AS by_agent, d.by_use_case, d.at_least
     FROM scan_days d
     WHERE d.customer_id = ${customerId} AND ${where}
       AND NOT EXISTS (SELECT FROM day_looks l WHERE l.customer_id = d.customer_id AND l.day = d.day)
     ORDER BY d.day, d.as_of DESC)`;

export const selectDays = pgStatement({
  name: 'detection.select_days',
  text: `${resultsOf(':customerId', 'd.day >= :fromDay AND d.day < :toDay')}
    ORDER BY day`,
  params: z.object({ customerId: z.string(), fromDay: z.string(), toDay: z.string() }),
  row: DayRow,
});

/** The same without who was affected, for a year of days. */
export const selectTrend = pgStatement({
  name: 'detection.select_trend',
  text: `
    SELECT day, affected, settling, flags, at_least
    FROM (${resultsOf(':customerId', 'd.day >= :fromDay AND d.day < :toDay', `'[]'::jsonb`)}) known
    ORDER BY day`,
  params: z.object({ customerId: z.string(), fromDay: z.string(), toDay: z.string() }),
  row: z
    .object({
      day: z.string(),
      affected: z.number(),
      settling: z.number(),
      flags: StoredFlags,
      at_least: z.boolean(),
    })
    .transform(({ at_least, flags, ...row }) => ({
      ...row,
      flags: flags.counts,
      atLeast: at_least || !flags.isComplete,
    })),
});

/** Each day of a range as it was known at a moment, without who was affected. One not looked at by then is absent. */
export const selectDaysAt = pgStatement({
  name: 'detection.select_days_at',
  text: `
    SELECT DISTINCT ON (day)
           customer_id, day, as_of, conversations, affected, stale, duplicates, missing, orphans, open, settling, flags,
           '[]'::jsonb AS by_agent, '[]'::jsonb AS by_use_case, at_least
    FROM day_counts
    WHERE customer_id = :customerId AND day >= :fromDay AND day < :toDay AND as_of <= :at
    ORDER BY day, as_of DESC`,
  params: z.object({ customerId: z.string(), fromDay: z.string(), toDay: z.string(), at: z.date() }),
  row: DayRow,
});

/** The newest day with data that was known at a moment, and when the oldest look that is kept was. */
export const selectKnownAt = pgStatement({
  name: 'detection.select_known_at',
  text: `
    SELECT max(day) FILTER (WHERE as_of <= :at AND (conversations > 0 OR orphans > 0)) AS newest_day, min(as_of) AS since
    FROM day_counts
    WHERE customer_id = :customerId`,
  params: z.object({ customerId: z.string(), at: z.date() }),
  row: z
    .object({ newest_day: z.string().nullable(), since: instant.nullable() })
    .transform((row) => ({ newestDay: row.newest_day, sinceMs: row.since })),
});
