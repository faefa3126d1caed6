import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { inRange, RangeParams } from '@/lib/customers/sql/scope';
import type { DetectionColumns, SideColumns } from '../../judge/sql/columns';
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
 * The days of a range on which a conversation of these starts whose truth starts at another instant too, since 1970. Reads
 * the ids of the truth of the range.
 */
export const selectDaysOfTwoStarts = statement({
  name: 'changes.two_starts',
  text: ({ truth }: DetectionColumns) => `
    SELECT DISTINCT arrayJoin(days) AS day
    FROM (
      SELECT groupUniqArray(${truth.day}) AS days
      FROM ${truth.table}
      WHERE ${inRange} AND NOT (${truth.foreign}) AND ${truth.conversation} IN (SELECT conversation FROM ${touchedTable})
      GROUP BY ${truth.conversation}
      HAVING min(${truth.startMs}) != max(${truth.startMs}))`,
  params: RangeParams.extend({ customerId: z.string(), timeZone: z.string() }),
  row: z.object({ day: z.number() }).transform((row) => row.day),
});

const turnsOf = (side: SideColumns) => `
      SELECT ${side.day} AS day, least(${turnOf(side.endMs)}, ${turnOf(`intDiv(${side.version}, ${side.versionPerMs})`)}) AS turn
      FROM ${side.table}
      WHERE ${inRange}
        AND (${side.endMs} + {marginMs:Int64} >= {asOfMs:Int64}
          OR intDiv(${side.version}, ${side.versionPerMs}) + {marginMs:Int64} >= {asOfMs:Int64})`;

/**
 * The first instant, in ms, at which time by itself changes whether a row of a day is settling; only days with such an
 * instant. Reads start, end and version of the range.
 */
export const selectTurns = statement({
  name: 'changes.turns',
  text: ({ truth, labels }: DetectionColumns) => `
    SELECT day, min(turn) AS turn_ms
    FROM (${turnsOf(truth)}
      UNION ALL${turnsOf(labels)})
    GROUP BY day
    HAVING turn_ms < ${neverMs}`,
  params: RangeParams.extend({ timeZone: z.string(), asOfMs: z.number().int(), marginMs: z.number().int() }),
  row: z
    .object({ day: z.number(), turn_ms: z.coerce.number() })
    .transform((row) => ({ day: row.day, atMs: row.turn_ms })),
});
