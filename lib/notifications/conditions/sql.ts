import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

/** One worker at a time looks at the conditions; false where another does. The transaction releases the lock. */
export const tryConditions = pgStatement({
  name: 'conditions.try_lock',
  text: `SELECT pg_try_advisory_xact_lock(hashtextextended('notifications.conditions', 0)) AS taken`,
  row: z.object({ taken: z.boolean() }).transform(({ taken }) => taken),
});

/**
 * The customers that no regular scan or look has looked at since `:before`, the longest first. What was stopped by
 * "stop everything" counts from the end of that. One index look for each customer.
 */
export const selectOverdue = pgStatement({
  name: 'conditions.select_overdue',
  text: `
    SELECT id, looked_at
    FROM (
      SELECT c.id, c.created_at, greatest(w.checked_at, s.as_of) AS looked_at
      FROM customers c
      LEFT JOIN watched_customers w ON w.customer_id = c.id
      LEFT JOIN LATERAL (
        SELECT as_of
        FROM scans
        WHERE customer_id = c.id AND status = 'succeeded' AND cause NOT IN ('person', 'after repair')
        ORDER BY created_at DESC
        LIMIT 1
      ) s ON true
    ) known
    WHERE coalesce(looked_at, created_at) < :before
      AND coalesce((SELECT max(lifted_at) FROM stops), '-infinity') < :before
    ORDER BY coalesce(looked_at, created_at), id`,
  params: z.object({ before: z.date() }),
  row: z
    .object({ id: z.string(), looked_at: z.date().nullable() })
    .transform((row) => ({ customerId: row.id, lookedAtMs: row.looked_at?.getTime() ?? null })),
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
