import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { startsBetween } from '@/lib/customers/sql/scope';
import { askedTable } from './asked';
import type { DetectionColumns, SideColumns } from './columns';
import { selectHashes } from './packed';
import { candidateTable, columnsOf, expressionsOf, labelRow, ReadScope, rowTable, truthRow } from './read';
import { neverMs, turnOf } from './turns';

/** 0 is before the range, one more than the last chunk is behind it, and `foreignChunk` is another customer's. */
const foreignChunk = 65_535;
export const chunkNumber = (side: SideColumns) => `arrayCount(edge -> edge <= ${side.startMs}, {edges:Array(Int64)})`;
export const truthChunk = (truth: SideColumns) =>
  `toUInt16(if(${truth.foreign}, ${foreignChunk}, ${chunkNumber(truth)}))`;
export const labelChunk = (labels: SideColumns) =>
  `toUInt16(if({foreignLabels:UInt8} = 0 AND ${labels.foreign}, ${foreignChunk}, ${chunkNumber(labels)}))`;

/** `edges` are those of the chunks. The bounds hold only where the confirm does not look in all of both tables. */
export const ConfirmScope = ReadScope.extend({
  edges: z.array(z.number().int()),
  withinFromMs: z.number().int(),
  withinToMs: z.number().int(),
});

export const within = (bounded: boolean) =>
  bounded ? `AND ${startsBetween('{withinFromMs:Int64}', '{withinToMs:Int64}')}` : '';

/**
 * Every row, of any customer and time, of the conversations whose other side was not seen. Costs one pass over the
 * conversation ids of both tables for each scan, and the other columns where an id is found.
 */
export const insertFoundRows = statement({
  name: 'detection.confirm',
  text: ({ columns, bounded }: { columns: DetectionColumns; bounded: boolean }) => {
    const { truth, labels } = columns;
    const row = { ...truthRow(columns), chunk: truthChunk(truth) };
    return `
    INSERT INTO ${rowTable} (${columnsOf(row)})
    SELECT ${expressionsOf(row)}
    FROM ${truth.table}
    WHERE ${truth.conversation} IN (SELECT conversation FROM ${askedTable}) ${within(bounded)}
    UNION ALL
    SELECT ${expressionsOf({ ...labelRow(columns), chunk: labelChunk(labels) })}
    FROM ${labels.table}
    WHERE ${labels.conversation} IN (SELECT conversation FROM ${askedTable}) ${within(bounded)}`;
  },
  params: ConfirmScope,
  row: z.never(),
});

/** How many rows of the conversations of the parameter `hashes` are in no chunk. Reads the ids of both tables. */
export const countRowsOutside = statement({
  name: 'detection.rows_outside',
  text: ({ truth, labels }: DetectionColumns) => `
    SELECT count() AS outside
    FROM (
      SELECT 1
      FROM ${truth.table}
      WHERE ${truth.conversation} IN (${selectHashes}) AND ${truthChunk(truth)} != 1
      UNION ALL
      SELECT 1
      FROM ${labels.table}
      WHERE ${labels.conversation} IN (${selectHashes}) AND ${labelChunk(labels)} != 1)`,
  params: ConfirmScope.extend({ hashes: z.string() }),
  row: z.object({ outside: z.coerce.number() }),
});

/** The rows of conversations with a row outside of the chunk that counted them: these are judged again. */
export const createMoved = statement({
  name: 'detection.moved',
  text: `
    CREATE TEMPORARY TABLE ${candidateTable} ENGINE = Memory AS
    SELECT *
    FROM ${rowTable}
    WHERE conversation IN (
      SELECT conversation
      FROM (
        SELECT conversation, chunk FROM ${askedTable}
        UNION ALL
        SELECT conversation, chunk FROM ${rowTable})
      GROUP BY conversation
      HAVING min(chunk) != max(chunk))`,
  row: z.never(),
});

/** Where the chunks saw a moved conversation's truth, so that what they counted can be taken back. */
export const selectSeenTruth = statement({
  name: 'detection.seen_truth',
  text: `
    SELECT conversation, chunk, argMax(day, version) AS newest_day, argMax(is_open, version) AS open
    FROM ${candidateTable}
    WHERE NOT is_label AND chunk BETWEEN 1 AND {chunks:UInt16}
    GROUP BY conversation, chunk, customer_profile`,
  params: z.object({ chunks: z.number().int() }),
  row: z
    .object({ conversation: z.string(), chunk: z.number(), newest_day: z.number(), open: z.number() })
    .transform(({ conversation, chunk, newest_day, open }) => ({
      id: BigInt(conversation),
      chunk,
      day: newest_day,
      open: open === 1,
    })),
});

/** An end is known to the hour here: where that does not decide, the day is read again after a minute. */
const hourMs = 3_600_000;
const endTurn = `
      multiIf(toInt64(end_hour) * 1000 - {marginMs:Int64} > {asOfMs:Int64}, toInt64(end_hour) * 1000 - {marginMs:Int64},
              toInt64(end_hour) * 1000 + ${hourMs} - {marginMs:Int64} > {asOfMs:Int64}, {asOfMs:Int64} + 60000,
              toInt64(end_hour) * 1000 + {marginMs:Int64} >= {asOfMs:Int64}, toInt64(end_hour) * 1000 + {marginMs:Int64} + 1,
              toInt64(end_hour) * 1000 + ${hourMs} + {marginMs:Int64} >= {asOfMs:Int64}, {asOfMs:Int64} + 60000,
              ${neverMs})`;

/**
 * The first instant, in ms, at which time by itself changes how a day is judged because a conversation of it settles, or
 * begins to, in a row that no chunk has. Only days of the chunks with such an instant, since 1970.
 */
export const selectTurnsOutside = statement({
  name: 'detection.turns_outside',
  text: ({ truth, labels }: DetectionColumns) => `
    SELECT day, min(turn) AS turn_ms
    FROM (
      SELECT conversation, day
      FROM ${candidateTable}
      WHERE chunk BETWEEN 1 AND {chunks:UInt16}) AS inside
    JOIN (
      SELECT conversation,
             min(least(${endTurn}, ${turnOf(`intDiv(version, if(is_label, ${labels.versionPerMs}, ${truth.versionPerMs}))`)})) AS turn
      FROM ${candidateTable}
      WHERE chunk NOT BETWEEN 1 AND {chunks:UInt16}
      GROUP BY conversation
      HAVING turn < ${neverMs}) AS outside USING (conversation)
    GROUP BY day`,
  params: z.object({ chunks: z.number().int(), asOfMs: z.number().int(), marginMs: z.number().int() }),
  row: z
    .object({ day: z.number(), turn_ms: z.coerce.number() })
    .transform((row) => ({ day: row.day, atMs: row.turn_ms })),
});
