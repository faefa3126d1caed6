import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { scanCauses, scanKinds, scanStatuses } from '../../model';
import { costKinds, type RecentScan } from '../view-model';

const instant = z.date().transform((at) => at.getTime());

const sumsOf = (runs = 'sum(runs)') => `
  ${runs}::bigint AS runs, sum(statements)::bigint AS statements, sum(rows_read)::bigint AS rows_read,
  sum(bytes_read)::bigint AS bytes_read, sum(engine_ms) AS engine_ms`;
const Sums = z.object({
  runs: z.number(),
  statements: z.number(),
  rows_read: z.number(),
  bytes_read: z.number(),
  engine_ms: z.number(),
});
const costOf = (row: z.output<typeof Sums>) => ({
  runs: row.runs,
  statements: row.statements,
  rowsRead: row.rows_read,
  bytesRead: row.bytes_read,
  engineMs: row.engine_ms,
});

/** Costs since `:since`, by hour and kind. */
export const selectHourCosts = pgStatement({
  name: 'schedule.hour_costs',
  text: `
    SELECT hour, kind, ${sumsOf()}
    FROM schedule_costs
    WHERE hour >= :since
    GROUP BY hour, kind`,
  params: z.object({ since: z.date() }),
  row: Sums.extend({ hour: instant, kind: z.enum(costKinds) }).transform((row) => ({
    hourMs: row.hour,
    kind: row.kind,
    cost: costOf(row),
  })),
});

/** What the schedule itself cost since `:since`, by customer. `runs` are the looks, which scans follow. */
export const selectCustomerCosts = pgStatement({
  name: 'schedule.customer_costs',
  text: `
    SELECT customer_id, ${sumsOf("coalesce(sum(runs) FILTER (WHERE kind = 'looks'), 0)")}
    FROM schedule_costs
    WHERE hour >= :since AND kind IN ('regular scans', 'looks')
    GROUP BY customer_id`,
  params: z.object({ since: z.date() }),
  row: Sums.extend({ customer_id: z.string() }).transform((row) => ({
    customerId: row.customer_id,
    cost: costOf(row),
  })),
});

export const selectCustomerNames = pgStatement({
  name: 'schedule.customer_names',
  text: 'SELECT id, display_name FROM customers',
  row: z.object({ id: z.string(), display_name: z.string() }),
});

/** Scans, newest first. `total` counts 2,500 at most. */
export const selectRecentScans = pgStatement({
  name: 'schedule.recent_scans',
  text: `
    SELECT id, customer_id, from_day, to_day, cause, requested_by, status, created_at, started_at, ended_at, rows_read,
           bytes_read, elapsed_ms, failure, kind, cardinality(days) AS days_read, reason, (SELECT count(*) FROM (SELECT FROM scans LIMIT 2500) counted) AS total
    FROM scans
    ORDER BY created_at DESC, id
    LIMIT :rowsMax OFFSET :offset`,
  params: z.object({ rowsMax: z.number().int(), offset: z.number().int() }),
  row: z
    .object({
      id: z.string(),
      customer_id: z.string(),
      from_day: z.string(),
      to_day: z.string(),
      cause: z.enum(scanCauses),
      requested_by: z.string(),
      status: z.enum(scanStatuses),
      created_at: instant,
      started_at: instant.nullable(),
      ended_at: instant.nullable(),
      rows_read: z.number(),
      bytes_read: z.number(),
      elapsed_ms: z.number(),
      failure: z.string().nullable(),
      kind: z.enum(scanKinds).nullable(),
      days_read: z.number().nullable(),
      reason: z.string().nullable(),
      total: z.number(),
    })
    .transform((row): { scan: RecentScan; total: number } => ({
      scan: {
        id: row.id,
        customerId: row.customer_id,
        fromDay: row.from_day,
        toDay: row.to_day,
        cause: row.cause,
        requestedBy: row.requested_by,
        status: row.status,
        createdAtMs: row.created_at,
        startedAtMs: row.started_at,
        endedAtMs: row.ended_at,
        rowsRead: row.rows_read,
        bytesRead: row.bytes_read,
        engineMs: row.elapsed_ms,
        failure: row.failure,
        kind: row.kind,
        daysRead: row.days_read,
        reason: row.reason,
      },
      total: row.total,
    })),
});
