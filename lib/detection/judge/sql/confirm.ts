import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { startsBetween } from '@/lib/customers/sql/scope';
import { askedTable } from './asked';
import type { DetectionColumns, SideColumns } from './columns';
import { candidateTable, columnsOf, expressionsOf, labelRow, ReadScope, rowTable, truthRow } from './read';

/** 0 is before the range, one more than the last chunk is behind it, and `foreignChunk` is another customer's. */
const foreignChunk = 65_535;
const chunkNumber = (side: SideColumns) => `arrayCount(edge -> edge <= ${side.startMs}, {edges:Array(Int64)})`;
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

/** How many rows of the moved conversations no chunk has that is settling, or will be. */
export const selectUnsettledOutside = statement({
  name: 'detection.unsettled_outside',
  text: ({ truth, labels }: DetectionColumns) => `
    SELECT count() AS rows_found
    FROM ${candidateTable}
    WHERE chunk NOT BETWEEN 1 AND {chunks:UInt16}
      AND (is_settling
        OR toInt64(end_hour) * 1000 > {asOfMs:Int64}
        OR intDiv(version, if(is_label, ${labels.versionPerMs}, ${truth.versionPerMs})) > {asOfMs:Int64} + {marginMs:Int64})`,
  params: z.object({ chunks: z.number().int(), asOfMs: z.number().int(), marginMs: z.number().int() }),
  row: z.object({ rows_found: z.coerce.number() }).transform((row) => row.rows_found),
});
