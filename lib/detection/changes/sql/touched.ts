import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { inRange, inStretches, RangeParams, StretchesParams } from '@/lib/customers/sql/scope';
import type { DetectionColumns, SideColumns } from '../../judge/sql/columns';
import { chunkNumber } from '../../judge/sql/confirm';
import { neverMs, turnOf } from '../../judge/sql/turns';

/** Temporary table: the conversations that have a row on one of the days, by hash. */
export const touchedTable = 'slc_touched';

export const createTouched = statement({
  name: 'changes.create_touched',
  text: `CREATE TEMPORARY TABLE ${touchedTable} (conversation UInt64) ENGINE = Memory`,
  row: z.never(),
});

/** The conversations of a range, from both sides. Reads the ids of the range. */
export const insertTouched = statement({
  name: 'changes.touched',
  text: ({ truth, labels }: DetectionColumns) => `
    INSERT INTO ${touchedTable} (conversation)
    SELECT DISTINCT conversation
    FROM (
      SELECT ${truth.conversation} AS conversation
      FROM ${truth.table}
      WHERE ${inRange}
      UNION ALL
      SELECT ${labels.conversation} AS conversation
      FROM ${labels.table}
      WHERE ${inRange})`,
  params: RangeParams,
  row: z.never(),
});

const daysOf = (side: SideColumns) => `
      SELECT ${side.day} AS day
      FROM ${side.table}
      WHERE ${inRange} AND ${side.conversation} IN (SELECT conversation FROM ${touchedTable})`;

/** The days of a range on which these conversations have rows, since 1970. Reads the ids of the range. */
export const selectTouchedDays = statement({
  name: 'changes.touched_days',
  text: ({ truth, labels }: DetectionColumns) => `
    SELECT DISTINCT day
    FROM (${daysOf(truth)}
      UNION ALL${daysOf(labels)})`,
  params: RangeParams.extend({ timeZone: z.string() }),
  row: z.object({ day: z.number() }).transform((row) => row.day),
});

/**
 * How often chunks that begin at `edges` count one of these conversations on a day, of those whose truth starts in several
 * of the chunks: by day, since 1970. Reads the ids of the truth of the range.
 */
export const selectTimesSplit = statement({
  name: 'changes.times_split',
  text: ({ truth }: DetectionColumns) => `
    SELECT place.1 AS day, count() AS times
    FROM (
      SELECT arrayJoin(places) AS place
      FROM (
        SELECT groupUniqArray((${truth.day}, ${chunkNumber(truth)})) AS places
        FROM ${truth.table}
        WHERE ${inRange} AND ${truth.conversation} IN (SELECT conversation FROM ${touchedTable})
        GROUP BY ${truth.conversation}
        HAVING length(arrayDistinct(places.2)) > 1))
    GROUP BY day`,
  params: RangeParams.extend({ timeZone: z.string(), edges: z.array(z.number().int()) }),
  row: z.object({ day: z.number(), times: z.coerce.number() }),
});

/** The prefix keeps a column of the customer's table from being taken for an alias. */
const rowsOf = (side: SideColumns, stretches: number) => `
      SELECT ${side.conversation} AS slc_conversation, ${side.day} AS slc_day
      FROM ${side.table}
      WHERE ${inStretches(stretches)}`;

/**
 * The sets of days, since 1970, on which one conversation has rows, of those that have rows on several days of some ranges.
 * Groups the conversations of the ranges, so only for tables of few rows.
 */
export const selectDaysTogether = statement({
  name: 'changes.days_together',
  text: ({ columns: { truth, labels }, stretches }: { columns: DetectionColumns; stretches: number }) => `
    SELECT DISTINCT days
    FROM (
      SELECT arraySort(groupUniqArray(slc_day)) AS days
      FROM (${rowsOf(truth, stretches)}
      UNION ALL${rowsOf(labels, stretches)})
      GROUP BY slc_conversation
      HAVING length(days) > 1)`,
  params: StretchesParams.extend({ timeZone: z.string() }),
  row: z.object({ days: z.array(z.number()) }).transform(({ days }) => days),
});

const momentsOf = (side: SideColumns, stretches: number) => `
      SELECT ${side.day} AS slc_day, ${side.endMs} AS slc_end_ms,
             intDiv(${side.version}, ${side.versionPerMs}) AS slc_version_ms
      FROM ${side.table}
      WHERE ${inStretches(stretches)}
        AND (slc_end_ms + {marginMs:Int64} >= {asOfMs:Int64} OR slc_version_ms + {marginMs:Int64} >= {asOfMs:Int64})`;

/**
 * The first instant, in ms, at which time by itself changes whether a row of a day is settling; only days with such an
 * instant. Reads start, end and version of some ranges. The turns are made of both sides' rows together: an engine takes
 * longer to understand such a statement than to read few rows.
 */
export const selectTurns = statement({
  name: 'changes.turns',
  text: ({ columns: { truth, labels }, stretches }: { columns: DetectionColumns; stretches: number }) => `
    SELECT slc_day AS day, min(least(${turnOf('slc_end_ms')}, ${turnOf('slc_version_ms')})) AS turn_ms
    FROM (${momentsOf(truth, stretches)}
      UNION ALL${momentsOf(labels, stretches)})
    GROUP BY day
    HAVING turn_ms < ${neverMs}`,
  params: StretchesParams.extend({ timeZone: z.string(), asOfMs: z.number().int(), marginMs: z.number().int() }),
  row: z
    .object({ day: z.number(), turn_ms: z.coerce.number() })
    .transform((row) => ({ day: row.day, atMs: row.turn_ms })),
});
