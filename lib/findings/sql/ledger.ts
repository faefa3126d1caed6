import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

/**
 * Each customer's findings that were first seen in the month, in UTC, and a row of NULL for all of them. The agents of a
 * day count once, at its finding with the most of them; of one with `:agentsMost` there may be more. Bounded by the findings of a month.
 */
export const selectLedger = pgStatement({
  name: 'findings.select_ledger',
  text: `
    WITH seen AS (
      SELECT f.customer_id, f.state, f.times_fallen_back, f.worst_agents,
        row_number() OVER (PARTITION BY f.customer_id, f.day ORDER BY f.worst_agents DESC, f.id) AS of_day,
        CASE WHEN f.truth_changed_at IS NOT NULL
             THEN greatest(extract(epoch FROM f.first_seen_at - f.truth_changed_at)::float8 * 1000, 0) END AS detect_ms,
        extract(epoch FROM f.repaired_at - f.first_seen_at)::float8 * 1000 AS repair_ms,
        f.wrong_ms + greatest(coalesce(extract(epoch FROM :now - f.wrong_since), 0), 0)::float8 * 1000 AS wrong_ms
      FROM findings f
      WHERE f.first_seen_at >= (:month || '-01')::timestamp AT TIME ZONE 'UTC'
        AND f.first_seen_at < ((:month || '-01')::timestamp + interval '1 month') AT TIME ZONE 'UTC'
        AND (:customerId::text IS NULL OR f.customer_id = :customerId))
    SELECT s.customer_id, c.display_name,
      count(*) AS findings,
      count(*) FILTER (WHERE s.of_day = 1) AS days,
      count(*) FILTER (WHERE s.state IN ('new', 'ongoing', 'fallen back')) AS open,
      count(*) FILTER (WHERE s.state = 'resolved by itself') AS resolved_by_itself,
      coalesce(sum(s.times_fallen_back), 0)::bigint AS times_fallen_back,
      count(s.detect_ms) AS detected,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY s.detect_ms) AS detect_median_ms,
      max(s.detect_ms) AS detect_worst_ms,
      count(s.repair_ms) AS repaired,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY s.repair_ms) AS repair_median_ms,
      max(s.repair_ms) AS repair_worst_ms,
      coalesce(sum(s.worst_agents) FILTER (WHERE s.of_day = 1), 0)::bigint AS agent_days_wrong,
      coalesce(bool_or(s.worst_agents >= :agentsMost), false) AS agent_days_at_least,
      coalesce(sum(s.wrong_ms), 0) AS wrong_ms
    FROM seen s
    JOIN customers c ON c.id = s.customer_id
    GROUP BY GROUPING SETS ((s.customer_id, c.display_name), ())
    ORDER BY s.customer_id IS NOT NULL, findings DESC, lower(c.display_name)`,
  params: z.object({ month: z.string(), customerId: z.string().nullable(), now: z.date(), agentsMost: z.number() }),
  row: z
    .object({
      customer_id: z.string().nullable(),
      display_name: z.string().nullable(),
      findings: z.number(),
      days: z.number(),
      open: z.number(),
      resolved_by_itself: z.number(),
      times_fallen_back: z.number(),
      detected: z.number(),
      detect_median_ms: z.number().nullable(),
      detect_worst_ms: z.number().nullable(),
      repaired: z.number(),
      repair_median_ms: z.number().nullable(),
      repair_worst_ms: z.number().nullable(),
      agent_days_wrong: z.number(),
      agent_days_at_least: z.boolean(),
      wrong_ms: z.number(),
    })
    .transform((row) => ({
      customerId: row.customer_id,
      displayName: row.display_name,
      findings: row.findings,
      days: row.days,
      open: row.open,
      resolvedByItself: row.resolved_by_itself,
      timesFallenBack: row.times_fallen_back,
      detected: row.detected,
      detectMedianMs: row.detect_median_ms,
      detectWorstMs: row.detect_worst_ms,
      repaired: row.repaired,
      repairMedianMs: row.repair_median_ms,
      repairWorstMs: row.repair_worst_ms,
      agentDaysWrong: row.agent_days_wrong,
      agentDaysAtLeast: row.agent_days_at_least,
      wrongMs: Math.round(row.wrong_ms),
    })),
});

/** The months, in UTC, in which findings were first seen, newest first. */
export const selectLedgerMonths = pgStatement({
  name: 'findings.select_ledger_months',
  text: `
    SELECT DISTINCT to_char(first_seen_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month
    FROM findings
    ORDER BY month DESC
    LIMIT 60`,
  row: z.object({ month: z.string() }).transform(({ month }) => month),
});
