import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import type { DetectionNames, SideNames } from './columns';
import { candidateTable, labelRow, ReadScope, rowTable, truthRow } from './read';

export const idTable = 'slc_ids';

/** UInt64 out of binary in base64: a list pasted as text costs ten times as much and has a length limit. */
const unpackIds = `arrayJoin(arrayMap(at -> reinterpretAsUInt64(substring(packed, at * 8 + 1, 8)), range(intDiv(length(packed), 8))))`;

/** `n` is the chunk that counted the id: one more than its place in the scan. */
export const createIds = statement({
  name: 'detection.create_ids',
  text: `CREATE TEMPORARY TABLE ${idTable} (k UInt64, n UInt16) ENGINE = Memory`,
  params: z.object({}),
  row: z.never(),
});

/** Bounded by the caller to what one parameter may hold. */
export const insertIds = statement({
  name: 'detection.insert_ids',
  text: `
    INSERT INTO ${idTable} (k, n)
    WITH base64Decode({ids:String}) AS packed
    SELECT ${unpackIds} AS k, {chunk:UInt16} AS n`,
  params: z.object({ ids: z.string(), chunk: z.number().int() }),
  row: z.never(),
});

/** 0 lies before the range, one more than the chunks behind it; another customer's row gets 65535. */
const chunkNumber = (side: SideNames) => `arrayCount(edge -> edge <= ${side.startMs}, {edges:Array(Int64)})`;
export const truthChunk = (truth: SideNames) => `toUInt16(if(${truth.foreign}, 65535, ${chunkNumber(truth)}))`;
export const labelChunk = (labels: SideNames) =>
  `toUInt16(if({foreignLabels:UInt8} = 0 AND ${labels.foreign}, 65535, ${chunkNumber(labels)}))`;

/** What the rows cover: nothing (all of both tables) or, for a quick answer, a wider range around the day. */
export const ConfirmScope = ReadScope.extend({
  edges: z.array(z.number().int()),
  withinFromMs: z.number().int(),
  withinLastMs: z.number().int(),
});

export const within = (side: SideNames, bounded: boolean) =>
  bounded
    ? `AND ${side.start} >= fromUnixTimestamp64Milli({withinFromMs:Int64}, 'UTC')
       AND ${side.start} <= fromUnixTimestamp64Milli({withinLastMs:Int64}, 'UTC')`
    : '';

/**
 * Every row, of whatever customer and time, of the ids whose other side was not seen. Costs a pass over the
 * conversation ids of both tables once a scan, and the other columns where an id is found.
 */
export const insertFoundRows = statement({
  name: 'detection.confirm',
  text: ({ names, bounded }: { names: DetectionNames; bounded: boolean }) => {
    const { truth, labels } = names;
    const key = names.keyHash ? ', y' : '';
    return `
    INSERT INTO ${rowTable} (k, g, u, hr, c, v, d, x${key}, n)
    SELECT ${truthRow(names)}, ${truthChunk(truth)} AS n
    FROM ${truth.table}
    WHERE ${truth.id} IN (SELECT k FROM ${idTable}) ${within(truth, bounded)}
    UNION ALL
    SELECT ${labelRow(names)}, ${labelChunk(labels)} AS n
    FROM ${labels.table}
    WHERE ${labels.id} IN (SELECT k FROM ${idTable}) ${within(labels, bounded)}`;
  },
  params: ConfirmScope,
  row: z.never(),
});

/** The rows of ids that turned up outside of the chunk that counted them: what is judged again. */
export const createMoved = statement({
  name: 'detection.moved',
  text: `
    CREATE TEMPORARY TABLE ${candidateTable} ENGINE = Memory AS
    SELECT *
    FROM ${rowTable}
    WHERE k IN (
      SELECT k
      FROM (SELECT k, n FROM ${idTable} UNION ALL SELECT k, n FROM ${rowTable})
      GROUP BY k
      HAVING min(n) != max(n))`,
  params: z.object({}),
  row: z.never(),
});

/** Where the chunks saw a moved conversation's truth, so that what they counted can be taken back. */
export const selectSeenTruth = statement({
  name: 'detection.seen_truth',
  text: `
    SELECT k, n, argMax(d, v) AS day, argMax(bitTest(x, 1), v) AS open
    FROM ${candidateTable}
    WHERE NOT bitTest(x, 0) AND n BETWEEN 1 AND {chunks:UInt16}
    GROUP BY k, n, c`,
  params: z.object({ chunks: z.number().int() }),
  row: z
    .object({ k: z.string(), n: z.number(), day: z.number(), open: z.number() })
    .transform(({ k, n, day, open }) => ({ id: BigInt(k), chunk: n, day, open: open === 1 })),
});
