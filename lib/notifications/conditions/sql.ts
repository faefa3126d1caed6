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
 * theirs, so none is overdue during it, and they have the same time after its end. A paused or retired one never is. One whose looks fail has another case.
 */
export const selectOverdue = pgStatement({
  name: 'conditions.select_overdue',
  text: `
    SELECT c.id, greatest(p.looked_at, w.checked_at) AS looked_at
    ${looks}
    WHERE coalesce(greatest(p.looked_at, w.checked_at), c.created_at) < :before
      AND c.state = 'active' AND coalesce(c.state_at, '-infinity') < :before
      AND coalesce(p.failures, 0) < :failuresBefore
      AND coalesce((SELECT max(coalesce(lifted_at, 'infinity')) FROM stops), '-infinity') < :before
    ORDER BY coalesce(greatest(p.looked_at, w.checked_at), c.created_at), c.id`,
  params: z.object({ before: z.date(), failuresBefore: z.number() }),
  row: z
    .object({ id: z.string(), looked_at: z.date().nullable() })
    .transform((row) => ({ customerId: row.id, lookedAtMs: row.looked_at?.getTime() ?? null })),
});

/**
 * The customers whose looks and scans by the schedule failed so often in a row, with the last reason. A scan of somebody
 * else that succeeded since the last of them says that they can be read.
 */
export const selectFailing = pgStatement({
  name: 'conditions.select_failing',
  text: `
    SELECT customer_id, failure
    FROM scheduled_customers p
    WHERE failures >= :failuresBefore AND failure IS NOT NULL
      AND NOT EXISTS (
        SELECT
        FROM scans s
        WHERE s.customer_id = p.customer_id AND s.status = 'succeeded'
          AND s.ended_at > coalesce(p.asked_at, '-infinity'))`,
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

/**
 * The open cases of overdue scans, with what is known of their customers now: one, or those of the summary. `unseen` are
 * those that nobody looked at since the case opened, of which the looks of `failing` fail.
 */
export const selectOverdueCases = pgStatement({
  name: 'conditions.select_overdue_cases',
  text: `
    SELECT n.case_key, n.customer_id, of.customers, of.unseen, of.failing
    FROM notification_cases n
    CROSS JOIN LATERAL (
      SELECT count(*) AS customers, count(*) FILTER (WHERE NOT seen) AS unseen,
        count(*) FILTER (WHERE NOT seen AND fails) AS failing
      FROM (
        SELECT coalesce(greatest(p.looked_at, w.checked_at) > n.opened_at, false) AS seen,
          coalesce(p.failures, 0) >= :failuresBefore AS fails
        ${looks}
        WHERE n.customer_id IS NULL OR c.id = n.customer_id
      ) each
    ) of
    WHERE n.event = 'scan overdue' AND n.resolved_at IS NULL`,
  params: z.object({ failuresBefore: z.number() }),
  row: z
    .object({
      case_key: z.string(),
      customer_id: z.string().nullable(),
      customers: z.number(),
      unseen: z.number(),
      failing: z.number(),
    })
    .transform(({ case_key, customer_id, ...row }) => ({ caseKey: case_key, customerId: customer_id, ...row })),
});

export const countCustomers = pgStatement({
  name: 'conditions.count_customers',
  text: "SELECT count(*) AS customers FROM customers WHERE state = 'active'",
  row: z.object({ customers: z.number() }).transform(({ customers }) => customers),
});

/** The end of a campaign is nothing that is resolved: such a case closes after a day, once no message of it waits. */
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
