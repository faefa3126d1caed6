import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { relookAfter } from '../model';

/** Plans the looks after a repair; those of an earlier repair of the day give way to them. */
export const planRelooks = pgStatement({
  name: 'findings.plan_relooks',
  text: `
    INSERT INTO relooks (customer_id, day, after, run_id, due_at)
    SELECT :customerId, d.day, a.after, :runId, :repairedAt::timestamptz + a.after::interval
    FROM unnest(:days::date[]) AS d (day)
    CROSS JOIN unnest(:after::text[]) AS a (after)
    ORDER BY d.day, a.after
    ON CONFLICT (customer_id, day, after) DO UPDATE
    SET run_id = excluded.run_id, due_at = excluded.due_at, scan_id = NULL, requested_at = NULL, done_at = NULL,
        found = NULL`,
  params: z.object({
    customerId: z.string(),
    days: z.array(z.string()),
    after: z.array(z.enum(relookAfter)),
    runId: z.string(),
    repairedAt: z.date(),
  }),
  row: z.never(),
});

/** Any look at a day does for the relooks that were due when it looked. Takes `[{day, found, asOfMs}]` as JSON. */
export const settleRelooks = pgStatement({
  name: 'findings.settle_relooks',
  text: `
    UPDATE relooks r
    SET done_at = :now, scan_id = :scanId, found = d ->> 'found'
    FROM jsonb_array_elements(:looks::jsonb) AS d
    WHERE r.customer_id = :customerId AND r.day = (d ->> 'day')::date AND r.done_at IS NULL
      AND r.due_at <= to_timestamp((d ->> 'asOfMs')::float8 / 1000)`,
  params: z.object({ customerId: z.string(), scanId: z.string(), now: z.date(), looks: z.string() }),
  row: z.never(),
});
