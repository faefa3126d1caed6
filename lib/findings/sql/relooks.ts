import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { Seen } from '../history/sql/looks';

/** Days with a relook whose scan ended while a later look at the day was known already, with what that look found. */
export const selectEndedRelooks = pgStatement({
  name: 'findings.select_ended_relooks',
  text: `
    SELECT DISTINCT r.customer_id, r.day, jsonb_build_object(
      'affected', l.affected, 'settling', l.settling, 'atLeast', l.at_least, 'flags', l.flags) AS seen
    FROM relooks r
    JOIN scans s ON s.id = r.scan_id AND s.status = 'succeeded'
    JOIN day_looks l ON l.customer_id = r.customer_id AND l.day = r.day
    WHERE r.done_at IS NULL AND r.due_at <= :now`,
  params: z.object({ now: z.date() }),
  row: z
    .object({ customer_id: z.string(), day: z.string(), seen: Seen })
    .transform((row) => ({ customerId: row.customer_id, day: row.day, seen: row.seen })),
});

/** These relooks found what the later look did. Takes `[{customerId, day, found}]` as JSON. */
export const settleEndedRelooks = pgStatement({
  name: 'findings.settle_ended_relooks',
  text: `
    UPDATE relooks r
    SET done_at = :now, found = d ->> 'found'
    FROM jsonb_array_elements(:ended::jsonb) AS d, scans s
    WHERE r.customer_id = d ->> 'customerId' AND r.day = (d ->> 'day')::date AND r.done_at IS NULL AND r.due_at <= :now
      AND s.id = r.scan_id AND s.status = 'succeeded'`,
  params: z.object({ now: z.date(), ended: z.string() }),
  row: z.never(),
});

/**
 * The days that are due, at most `:rowsMax`, without those whose scan is under way, or ended without a result less than
 * `:againMs` ago.
 */
export const selectDueRelooks = pgStatement({
  name: 'findings.select_due_relooks',
  text: `
    SELECT DISTINCT r.customer_id, r.day
    FROM relooks r
    JOIN customers c ON c.id = r.customer_id AND c.state = 'active'
    LEFT JOIN scans s ON s.id = r.scan_id
    WHERE r.done_at IS NULL AND r.due_at <= :now
      AND (r.scan_id IS NULL
        OR (s.status IS NULL OR s.status NOT IN ('queued', 'running'))
          AND r.requested_at <= :now::timestamptz - :againMs::float8 * interval '1 ms')
    ORDER BY r.customer_id, r.day
    LIMIT :rowsMax`,
  params: z.object({ now: z.date(), againMs: z.number(), rowsMax: z.number() }),
  row: z
    .object({ customer_id: z.string(), day: z.string() })
    .transform((row) => ({ customerId: row.customer_id, day: row.day })),
});

/** Keeps which scan was asked for. */
export const markRelooksRequested = pgStatement({
  name: 'findings.mark_relooks_requested',
  text: `
    UPDATE relooks
    SET scan_id = :scanId, requested_at = :now
    WHERE customer_id = :customerId AND day >= :fromDay AND day < :toDay AND done_at IS NULL AND due_at <= :now`,
  params: z.object({
    customerId: z.string(),
    fromDay: z.string(),
    toDay: z.string(),
    scanId: z.string(),
    now: z.date(),
  }),
  row: z.never(),
});
