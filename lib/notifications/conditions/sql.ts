import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

/** One worker at a time looks at the conditions; false where another does. The transaction releases the lock. */
export const tryConditions = pgStatement({
  name: 'conditions.try_lock',
  text: `SELECT pg_try_advisory_xact_lock(hashtextextended('notifications.conditions', 0)) AS taken`,
  row: z.object({ taken: z.boolean() }).transform(({ taken }) => taken),
});

const looks = `
    FROM customers c
    LEFT JOIN scheduled_customers p ON p.customer_id = c.id
    LEFT JOIN watched_customers w ON w.customer_id = c.id`;

/**
 * The customers that the schedule has not looked at since `:before`, the longest first. "Stop everything" is no fault of
 * theirs, so they have the same time after its end. One whose looks fail has another case.
 */
export const selectOverdue = pgStatement({
  name: 'conditions.select_overdue',
  text: `
    SELECT c.id, greatest(p.looked_at, w.checked_at) AS looked_at
    ${looks}
    WHERE coalesce(greatest(p.looked_at, w.checked_at), c.created_at) < :before
      AND coalesce(p.failures, 0) < :failuresBefore
      AND coalesce((SELECT max(lifted_at) FROM stops), '-infinity') < :before
    ORDER BY coalesce(greatest(p.looked_at, w.checked_at), c.created_at), c.id`,
  params: z.object({ before: z.date(), failuresBefore: z.number() }),
  row: z
    .object({ id: z.string(), looked_at: z.date().nullable() })
    .transform((row) => ({ customerId: row.id, lookedAtMs: row.looked_at?.getTime() ?? null })),
});

/** The customers whose looks and scans by the schedule failed so often in a row, with the last reason. */
export const selectFailing = pgStatement({
  name: 'conditions.select_failing',
  text: `
    SELECT customer_id, failure
    FROM scheduled_customers
    WHERE failures >= :failuresBefore AND failure IS NOT NULL`,
  params: z.object({ failuresBefore: z.number() }),
  row: z
    .object({ customer_id: z.string(), failure: z.string() })
    .transform((row) => ({ customerId: row.customer_id, failure: row.failure })),
});

/** The customers with an open case of failing scans that were looked at since. */
export const selectLookedAgain = pgStatement({
  name: 'conditions.select_looked_again',
  text: `
    SELECT c.id
    ${looks}
    JOIN notification_cases n ON n.customer_id = c.id AND n.event = 'scan failing' AND n.resolved_at IS NULL
    WHERE greatest(p.looked_at, w.checked_at) > n.opened_at AND coalesce(p.failures, 0) = 0`,
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});

/** The open cases of an event. */
export const selectOpenCases = pgStatement({
  name: 'conditions.select_open',
  text: `
    SELECT case_key, customer_id
    FROM notification_cases
    WHERE event = :event AND resolved_at IS NULL`,
  params: z.object({ event: z.string() }),
  row: z
    .object({ case_key: z.string(), customer_id: z.string().nullable() })
    .transform((row) => ({ caseKey: row.case_key, customerId: row.customer_id })),
});

export const countCustomers = pgStatement({
  name: 'conditions.count_customers',
  text: 'SELECT count(*) AS customers FROM customers',
  row: z.object({ customers: z.number() }).transform(({ customers }) => customers),
});

/** The end of a campaign is nothing that is resolved: its case closes after a day, once no message of it waits. */
export const closeEnded = pgStatement({
  name: 'conditions.close_ended',
  text: `
    UPDATE notification_cases c
    SET resolved_at = now(), resolution = 'This happened once, so nothing is to be resolved.'
    WHERE event = 'campaign ended' AND resolved_at IS NULL AND updated_at < now() - interval '1 day'
      AND NOT EXISTS (
        SELECT FROM notification_deliveries d WHERE d.case_id = c.id AND d.state IN ('waiting', 'sending'))`,
  row: z.never(),
});
