import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

const ofCustomer = z.object({ customerId: z.string() });

/** The registry's row, which nobody else changes until the transaction ends, and no repair starts meanwhile. */
export const lockForChange = pgStatement({
  name: 'customers.lock_for_change',
  text: 'SELECT version FROM customers WHERE id = :customerId FOR UPDATE',
  params: ofCustomer,
  row: z.object({ version: z.number() }),
});

/** What uses a customer: a few index lookups, and the standing orders. */
export const selectUse = pgStatement({
  name: 'customers.select_use',
  text: `
    SELECT
      (SELECT count(*) FROM backfill_runs WHERE customer_id = :customerId AND status IN ('queued', 'running', 'needs attention')) AS active_runs,
      (SELECT count(*) FROM plan_requests
       WHERE ended_at IS NULL AND cancel_requested_at IS NULL
         AND (request ->> 'customerId' = :customerId OR EXISTS (
           SELECT FROM backfill_runs r WHERE r.id::text = request ->> 'runId' AND r.customer_id = :customerId))) AS plans,
      (SELECT count(*) FROM approvals
       WHERE customer_id = :customerId AND state IN ('waiting', 'approved') AND expires_at > now()) AS approvals,
      (SELECT count(*) FROM campaign_customers k JOIN campaigns c ON c.id = k.campaign_id
       WHERE k.customer_id = :customerId AND c.status IN ('running', 'paused', 'stopping')
         AND k.status IN ('waiting', 'starting', 'running', 'needs attention')) AS campaigns,
      (SELECT count(*) FROM scans WHERE customer_id = :customerId AND status IN ('queued', 'running')) AS scans,
      (SELECT count(*) FROM scans WHERE customer_id = :customerId AND status = 'running') AS running_scans,
      (SELECT count(*) FROM findings
       WHERE customer_id = :customerId AND state IN ('new', 'ongoing', 'fallen back')) AS open_findings,
      (SELECT count(*) FROM day_looks WHERE customer_id = :customerId) AS counted_days,
      (SELECT count(*) FROM relooks WHERE customer_id = :customerId AND done_at IS NULL) AS relooks,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'named', terms -> 'filter' ->> 'by' = 'name')), '[]')
       FROM standing_orders
       WHERE status = 'active' AND (terms -> 'filter' ->> 'by' <> 'name'
         OR terms -> 'filter' -> 'customerIds' ? :customerId)) AS orders`,
  params: ofCustomer,
  row: z
    .object({
      active_runs: z.number(),
      plans: z.number(),
      approvals: z.number(),
      campaigns: z.number(),
      scans: z.number(),
      running_scans: z.number(),
      open_findings: z.number(),
      counted_days: z.number(),
      relooks: z.number(),
      orders: z.array(z.object({ id: z.string(), named: z.boolean() })),
    })
    .transform(({ active_runs, running_scans, open_findings, counted_days, ...row }) => ({
      ...row,
      activeRuns: active_runs,
      runningScans: running_scans,
      openFindings: open_findings,
      countedDays: counted_days,
    })),
});

const change = 'version = version + 1, changed_at = :now, changed_by = :by';

export const updateCustomer = pgStatement({
  name: 'customers.update',
  text: `
    UPDATE customers
    SET display_name = :displayName, database_name = :database, time_zone = :timeZone, aliases = :aliases::text[],
        ${change}
    WHERE id = :customerId`,
  params: z.object({
    customerId: z.string(),
    displayName: z.string(),
    database: z.string(),
    timeZone: z.string(),
    aliases: z.array(z.string()),
    now: z.date(),
    by: z.string(),
  }),
  row: z.never(),
});

export const deleteProfiles = pgStatement({
  name: 'customers.delete_profiles',
  text: 'DELETE FROM customer_profiles WHERE customer_id = :customerId',
  params: ofCustomer,
  row: z.never(),
});

export const updateState = pgStatement({
  name: 'customers.update_state',
  text: `
    UPDATE customers
    SET state = :state, state_reason = :reason, state_at = :now, ${change}
    WHERE id = :customerId`,
  params: z.object({
    customerId: z.string(),
    state: z.enum(['active', 'paused', 'retired']),
    reason: z.string(),
    now: z.date(),
    by: z.string(),
  }),
  row: z.never(),
});

/** Keeps what was counted until now, with the zone, database and profiles that it was counted with. */
export const keepCounts = pgStatement({
  name: 'customers.keep_counts',
  text: `
    INSERT INTO retired_counts
      (customer_id, retired_at, retired_by, time_zone, database_name, profiles, days, findings, looks, found)
    SELECT c.id, :now, :by, c.time_zone, c.database_name,
      ARRAY(SELECT profile_id FROM customer_profiles WHERE customer_id = c.id ORDER BY 1), l.rows, f.rows, l.looks, f.found
    FROM customers c
    CROSS JOIN LATERAL (
      SELECT count(*) AS rows, coalesce(jsonb_agg(to_jsonb(d) - 'customer_id' - 'by_agent' - 'by_use_case' ORDER BY d.day), '[]') AS looks
      FROM day_looks d WHERE d.customer_id = c.id) l
    CROSS JOIN LATERAL (
      SELECT count(*) AS rows, coalesce(jsonb_agg(to_jsonb(o) - 'customer_id' ORDER BY o.day), '[]') AS found
      FROM findings o WHERE o.customer_id = c.id) f
    WHERE c.id = :customerId AND l.rows + f.rows > 0`,
  params: z.object({ customerId: z.string(), now: z.date(), by: z.string() }),
  row: z.never(),
});

const forget = (table: string, where = 'customer_id = :customerId') =>
  pgStatement({
    name: `customers.forget_${table}`,
    text: `DELETE FROM ${table} WHERE ${where}`,
    params: ofCustomer,
    row: z.never(),
  });

/** What says something of days as they were before; `keepCounts` kept it. The schedule then counts every day again. */
export const forgetCounts = [
  'scan_days',
  'day_looks',
  'day_counts',
  'findings',
  'relooks',
  'misses',
  'scan_audits',
  'part_looks',
  'watched_customers',
  'scheduled_customers',
].map((table) => forget(table));

/** Messages about findings and misses that are kept elsewhere now, or that nobody looks at any more, are over. */
export const closeCases = pgStatement({
  name: 'customers.close_cases',
  text: `
    UPDATE notification_cases
    SET resolved_at = :now, resolution = :resolution
    WHERE customer_id = :customerId AND resolved_at IS NULL AND (event LIKE 'finding %' OR event LIKE 'increment %')`,
  params: z.object({ customerId: z.string(), now: z.date(), resolution: z.string() }),
  row: z.never(),
});

/** What was set aside of a customer, the newest first; without its rows. */
export const selectRetired = pgStatement({
  name: 'customers.select_retired',
  text: `
    SELECT id, retired_at, retired_by, time_zone, database_name, profiles, days, findings
    FROM retired_counts
    WHERE customer_id = :customerId
    ORDER BY retired_at DESC
    LIMIT 20`,
  params: ofCustomer,
  row: z
    .object({
      id: z.number(),
      retired_at: z.date(),
      retired_by: z.string(),
      time_zone: z.string(),
      database_name: z.string(),
      profiles: z.array(z.string()),
      days: z.number(),
      findings: z.number(),
    })
    .transform((row) => ({
      id: row.id,
      retiredAtMs: row.retired_at.getTime(),
      retiredBy: row.retired_by,
      timeZone: row.time_zone,
      database: row.database_name,
      profiles: row.profiles,
      days: row.days,
      findings: row.findings,
    })),
});
