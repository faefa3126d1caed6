import { z } from 'zod';
import { StoredFlags } from '@/lib/detection/model';
import { pgStatement } from '@/lib/postgres/statement';
import { relookAfter } from '../history/model';
import type { DayCountsAt, FindingEventView, FindingRun, Relook } from '../model';
import { SummaryRow, summaryColumns, summaryTables } from './list';

const instant = z.date().transform((at) => at.getTime());

export const selectFinding = pgStatement({
  name: 'findings.select_one',
  text: `
    SELECT ${summaryColumns}
    ${summaryTables}
    WHERE f.id = :findingId`,
  params: z.object({ findingId: z.string(), now: z.date() }),
  row: SummaryRow,
});

/** What was done, oldest first; at most the newest `:rowsMax`. */
export const selectFindingEvents = pgStatement({
  name: 'findings.select_events',
  text: `
    SELECT *
    FROM (
      SELECT id, at, kind, text, actor, run_id, scan_id, request_id
      FROM finding_events
      WHERE finding_id = :findingId
      ORDER BY id DESC
      LIMIT :rowsMax) newest
    ORDER BY id`,
  params: z.object({ findingId: z.string(), rowsMax: z.number() }),
  row: z
    .object({
      id: z.number(),
      at: instant,
      kind: z.string(),
      text: z.string(),
      actor: z.string(),
      run_id: z.string().nullable(),
      scan_id: z.string().nullable(),
      request_id: z.string().nullable(),
    })
    .transform(
      ({ at, run_id, scan_id, request_id, ...row }): FindingEventView => ({
        ...row,
        atMs: at,
        runId: run_id,
        scanId: scan_id,
        requestId: request_id,
      }),
    ),
});

const CountColumns = z.object({
  as_of: instant,
  conversations: z.number(),
  affected: z.number(),
  open: z.number(),
  settling: z.number(),
  flags: StoredFlags,
  at_least: z.boolean(),
});
const countsOf = (row: z.output<typeof CountColumns>): DayCountsAt => ({
  asOfMs: row.as_of,
  conversations: row.conversations,
  affected: row.affected,
  open: row.open,
  settling: row.settling,
  flags: row.flags.counts,
  atLeast: row.at_least || !row.flags.isComplete,
});

/** Every change of what is wrong on a day, newest first; at most `:rowsMax`. */
export const selectDayHistory = pgStatement({
  name: 'findings.select_day_history',
  text: `
    SELECT as_of, conversations, affected, open, settling, flags, at_least
    FROM day_counts
    WHERE customer_id = :customerId AND day = :day
    ORDER BY as_of DESC
    LIMIT :rowsMax`,
  params: z.object({ customerId: z.string(), day: z.string(), rowsMax: z.number() }),
  row: CountColumns.transform(countsOf),
});

export const selectLookedAt = pgStatement({
  name: 'findings.select_looked_at',
  text: 'SELECT looked_at FROM days_now WHERE customer_id = :customerId AND day = :day',
  params: z.object({ customerId: z.string(), day: z.string() }),
  row: z.object({ looked_at: instant }).transform((row) => row.looked_at),
});

/** The newest finding of a day that was first seen after this one; none where this one is the newest. */
export const selectNewer = pgStatement({
  name: 'findings.select_newer',
  text: `
    SELECT n.id
    FROM findings f
    JOIN findings n ON n.customer_id = f.customer_id AND n.day = f.day AND n.first_seen_at > f.first_seen_at
    WHERE f.id = :findingId
    ORDER BY n.first_seen_at DESC
    LIMIT 1`,
  params: z.object({ findingId: z.string() }),
  row: z.object({ id: z.string() }).transform(({ id }) => id),
});

/** The looks after the last repair of a day, in the order in which they are due. */
export const selectRelooks = pgStatement({
  name: 'findings.select_relooks',
  text: `
    SELECT after, run_id, due_at, requested_at, scan_id, done_at, found
    FROM relooks
    WHERE customer_id = :customerId AND day = :day
    ORDER BY due_at`,
  params: z.object({ customerId: z.string(), day: z.string() }),
  row: z
    .object({
      after: z.enum(relookAfter),
      run_id: z.string(),
      due_at: instant,
      requested_at: instant.nullable(),
      scan_id: z.string().nullable(),
      done_at: instant.nullable(),
      found: z.enum(['clean', 'wrong', 'not known']).nullable(),
    })
    .transform(
      ({ run_id, due_at, requested_at, scan_id, done_at, ...row }): Relook => ({
        ...row,
        runId: run_id,
        dueAtMs: due_at,
        requestedAtMs: requested_at,
        scanId: scan_id,
        doneAtMs: done_at,
      }),
    ),
});

/** The runs whose range has the day, newest first; at most `:rowsMax`. */
export const selectRunsOfDay = pgStatement({
  name: 'findings.select_runs',
  text: `
    SELECT id, status, strategy, started_by, reason, created_at, ended_at, campaign_id
    FROM backfill_runs
    WHERE customer_id = :customerId AND from_day <= :day AND to_day > :day
    ORDER BY created_at DESC
    LIMIT :rowsMax`,
  params: z.object({ customerId: z.string(), day: z.string(), rowsMax: z.number() }),
  row: z
    .object({
      id: z.string(),
      status: z.string(),
      strategy: z.string(),
      started_by: z.string(),
      reason: z.string(),
      created_at: instant,
      ended_at: instant.nullable(),
      campaign_id: z.string().nullable(),
    })
    .transform(
      ({ started_by, created_at, ended_at, campaign_id, ...row }): FindingRun => ({
        ...row,
        startedBy: started_by,
        createdAtMs: created_at,
        endedAtMs: ended_at,
        campaignId: campaign_id,
      }),
    ),
});
