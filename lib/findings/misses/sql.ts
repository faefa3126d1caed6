import { z } from 'zod';
import { missStates } from '@/lib/detection/changes/miss-model';
import { DayCounts, StoredFlags } from '@/lib/detection/model';
import { pgStatement } from '@/lib/postgres/statement';
import type { MissSummary, MissView } from './model';

const instant = z.date().transform((at) => at.getTime());

/** Of those that a condition, an order and a limit leave: the days of no other miss are read. */
const summary = (which: string) => `
    SELECT m.id, m.customer_id, m.display_name, m.time_zone, m.scan_id, m.found_at, m.missed, m.state, m.ended_at,
           m.acknowledged_by, m.note, d.days, d.days_open
    FROM (
      SELECT m.*, c.display_name, c.time_zone
      FROM misses m
      JOIN customers c ON c.id = m.customer_id
      ${which}) AS m
    CROSS JOIN LATERAL (
      SELECT array_agg(day::text ORDER BY day) AS days, count(*) FILTER (WHERE clean_at IS NULL) AS days_open
      FROM miss_days
      WHERE miss_id = m.id) AS d`;

const SummaryRow = z
  .object({
    id: z.string(),
    customer_id: z.string(),
    display_name: z.string(),
    time_zone: z.string(),
    scan_id: z.string(),
    found_at: instant,
    missed: z.number(),
    state: z.enum(missStates),
    ended_at: instant.nullable(),
    acknowledged_by: z.string().nullable(),
    note: z.string().nullable(),
    days: z.array(z.string()).nullable(),
    days_open: z.number(),
  })
  .transform(
    (row): MissSummary => ({
      id: row.id,
      customerId: row.customer_id,
      displayName: row.display_name,
      timeZone: row.time_zone,
      scanId: row.scan_id,
      atMs: row.found_at,
      missed: row.missed,
      days: row.days ?? [],
      daysOpen: row.days_open,
      state: row.state,
      endedAtMs: row.ended_at,
      acknowledgedBy: row.acknowledged_by,
      note: row.note,
    }),
  );

const Filter = z.object({
  customerId: z.string().nullable(),
  day: z.string().nullable(),
  search: z.string().nullable(),
});
const filtered = `
      (:customerId::text IS NULL OR m.customer_id = :customerId)
      AND (:day::date IS NULL OR EXISTS (SELECT FROM miss_days WHERE miss_id = m.id AND day = :day))
      AND (:search::text IS NULL OR position(lower(:search) IN lower(
        concat_ws(' ', m.customer_id, c.display_name, m.note, m.acknowledged_by))) > 0)`;

const newestFirst = "ORDER BY m.state <> 'open', m.found_at DESC, m.id";

/** The newest, open ones first, at most `:rowsMax`. Bounded by the nights on which something was missed. */
export const selectMisses = pgStatement({
  name: 'findings.select_misses',
  text: `${summary(`WHERE ${filtered}
        AND (NOT :openOnly::boolean OR m.state = 'open')
      ${newestFirst}
      LIMIT :rowsMax`)}
    ${newestFirst}`,
  params: Filter.extend({ openOnly: z.boolean(), rowsMax: z.number() }),
  row: SummaryRow,
});

export const countMisses = pgStatement({
  name: 'findings.count_misses',
  text: `
    SELECT count(*) FILTER (WHERE m.state = 'open') AS open, count(*) AS all
    FROM misses m
    JOIN customers c ON c.id = m.customer_id
    WHERE ${filtered}`,
  params: Filter,
  row: z.object({ open: z.number(), all: z.number() }),
});

export const selectMiss = pgStatement({
  name: 'findings.select_miss',
  text: summary('WHERE m.id = :missId'),
  params: z.object({ missId: z.string() }),
  row: SummaryRow,
});

const Counts = DayCounts.extend({ flags: StoredFlags }).transform((counts) => ({
  ...counts,
  flags: counts.flags.counts,
}));
const Numbers = z.object({ affected: z.number(), stale: z.number(), duplicates: z.number() });
const Share = z.object({ of: z.enum(['agent', 'use case']), key: z.string(), recorded: Numbers, found: Numbers });

export const selectMissDays = pgStatement({
  name: 'findings.select_miss_days',
  text: `
    SELECT day, missed, recorded, found, shares, clean_at
    FROM miss_days
    WHERE miss_id = :missId
    ORDER BY day`,
  params: z.object({ missId: z.string() }),
  row: z
    .object({
      day: z.string(),
      missed: z.number(),
      recorded: Counts,
      found: Counts,
      shares: z.array(Share),
      clean_at: instant.nullable(),
    })
    .transform(({ clean_at, ...row }): MissView['counts'][number] => ({ ...row, cleanAtMs: clean_at })),
});

/** No row where it is not open. */
export const acknowledge = pgStatement({
  name: 'findings.acknowledge_miss',
  text: `
    UPDATE misses
    SET state = 'acknowledged', ended_at = :at, acknowledged_by = :by, note = :note, revision = nextval('watch_revision')
    WHERE id = :missId AND state = 'open'
    RETURNING id`,
  params: z.object({ missId: z.string(), at: z.date(), by: z.string(), note: z.string() }),
  row: z.object({ id: z.string() }),
});
