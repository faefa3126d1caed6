import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { DayCounts, DayResult, StoredFlags } from '../../model';
import type { ScanAudit } from '../model';

const instant = z.date().transform((at) => at.getTime());

export const insertAudit = pgStatement({
  name: 'changes.insert_audit',
  text: `
    INSERT INTO scan_audits (scan_id, customer_id, audited_at, days, days_left, conversations, missed, days_missed,
                             sentence)
    VALUES (:scanId, :customerId, :at, :days, :daysLeft, :conversations, :missed, :daysMissed::date[], :sentence)
    ON CONFLICT DO NOTHING`,
  params: z.object({
    scanId: z.string(),
    customerId: z.string(),
    at: z.date(),
    days: z.number(),
    daysLeft: z.number(),
    conversations: z.number(),
    missed: z.number(),
    daysMissed: z.array(z.string()),
    sentence: z.string().nullable(),
  }),
  row: z.never(),
});

/** The newest audit of each customer, or of one. */
export const selectLastAudits = pgStatement({
  name: 'changes.last_audits',
  text: `
    SELECT a.scan_id, a.customer_id, a.audited_at, a.days, a.days_left, a.conversations, a.missed,
           a.days_missed::text[] AS days_missed, a.sentence
    FROM customers c
    CROSS JOIN LATERAL (
      SELECT * FROM scan_audits WHERE customer_id = c.id ORDER BY audited_at DESC LIMIT 1
    ) a
    WHERE :customerId::text IS NULL OR c.id = :customerId
    ORDER BY a.customer_id`,
  params: z.object({ customerId: z.string().nullable() }),
  row: z
    .object({
      scan_id: z.string(),
      customer_id: z.string(),
      audited_at: instant,
      days: z.number(),
      days_left: z.number(),
      conversations: z.number(),
      missed: z.number(),
      days_missed: z.array(z.string()),
      sentence: z.string().nullable(),
    })
    .transform(
      (row): ScanAudit => ({
        scanId: row.scan_id,
        customerId: row.customer_id,
        atMs: row.audited_at,
        days: row.days,
        daysLeft: row.days_left,
        conversations: row.conversations,
        missed: row.missed,
        daysMissed: row.days_missed,
        sentence: row.sentence,
      }),
    ),
});

/** What is recorded of some days, each as of when it was read. */
export const selectRecorded = pgStatement({
  name: 'changes.recorded',
  text: `
    SELECT day, as_of, conversations, affected, stale, duplicates, missing, orphans, open, settling, flags, by_agent,
           by_use_case, at_least
    FROM day_looks
    WHERE customer_id = :customerId AND day = ANY (:days::date[])`,
  params: z.object({ customerId: z.string(), days: z.array(z.string()) }),
  row: DayCounts.extend({
    day: z.string(),
    as_of: instant,
    flags: StoredFlags,
    by_agent: DayResult.shape.byAgent,
    by_use_case: DayResult.shape.byUseCase,
    at_least: z.boolean(),
  }).transform(
    ({ as_of, at_least, flags, by_agent, by_use_case, ...counts }): DayResult => ({
      ...counts,
      flags: flags.counts,
      asOfMs: as_of,
      atLeast: at_least || !flags.isComplete,
      byAgent: by_agent,
      byUseCase: by_use_case,
    }),
  ),
});

/**
 * Where the chunks began, in ms, of the scan that recorded each of some days; null where that scan is not kept. Reads the
 * chunks of one scan for each day.
 */
export const selectRecordedEdges = pgStatement({
  name: 'changes.recorded_edges',
  text: `
    SELECT day, (SELECT array_agg(from_at ORDER BY seq) FROM scan_chunks WHERE scan_id = l.scan_id) AS edges
    FROM day_looks l
    WHERE customer_id = :customerId AND day = ANY (:days::date[])`,
  params: z.object({ customerId: z.string(), days: z.array(z.string()) }),
  row: z.object({ day: z.string(), edges: z.array(instant).nullable() }),
});
