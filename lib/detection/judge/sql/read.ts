import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import type { DetectionNames, SideNames } from './columns';

/**
 * Temporary tables of one session, numbers only. A row: `k` conversation, `g` agent, `u` use case, `hr` end hour,
 * `c` customer and profile, `v` version, `d` the customer's day of the start (days since 1970), `x` bits:
 * 1 label, 2 open, 4 settling, 8 of another customer; `w` what it adds to the screen; `y` the label key where it is none of these; `n` the chunk
 * (confirm only).
 */
export const rowTable = 'slc_rows';
export const candidateTable = 'slc_candidates';

const NoParams = z.object({});
const rowColumns = ({ keyHash }: DetectionNames) =>
  `k UInt64, g UInt64, u UInt64, hr UInt32, c UInt64, v Int64, d UInt16, x UInt8, w UInt64${keyHash ? ', y UInt64' : ''}`;

/** Needs the right to create temporary tables, which a user with `readonly=2` has. */
export const createRows = statement({
  name: 'detection.create_rows',
  text: (names: DetectionNames) =>
    `CREATE TEMPORARY TABLE ${rowTable} (${rowColumns(names)}, n UInt16 DEFAULT 0) ENGINE = Memory`,
  params: NoParams,
  row: z.never(),
});

export const dropTables = statement({
  name: 'detection.drop_tables',
  text: (tables: readonly string[]) => `DROP TEMPORARY TABLE IF EXISTS ${tables.join(', ')}`,
  params: NoParams,
  row: z.never(),
});

export const ReadScope = z.object({
  customerId: z.string(),
  timeZone: z.string(),
  fromMs: z.number().int(),
  /** Inclusive: with "before midnight" one day read 19 granules instead of 10. */
  lastMs: z.number().int(),
  /** 1 reads labels of other customers too: a database of its own has next to none, and each is a finding. */
  foreignLabels: z.union([z.literal(0), z.literal(1)]),
  asOfMs: z.number().int(),
  marginMs: z.number().int(),
});
export type ReadScope = z.infer<typeof ReadScope>;

/** Open and settling, as bits of `x`. A conversation that is open settles only once it has ended. */
const classBits = (side: SideNames) => `
    if(${side.endMs} = 0, 2, 0)
      + if(abs(${side.endMs} - {asOfMs:Int64}) <= {marginMs:Int64}
           OR abs(${side.version} - {asOfMs:Int64} * ${side.versionPerMs}) <= {marginMs:Int64} * ${side.versionPerMs}, 4, 0)`;

const sideRow = (side: SideNames, keyHash: string | null, extra: { bits: string; key: string }) => `
    ${side.id} AS k, ${side.agent} AS g, ${side.useCase} AS u, ${side.endHour} AS hr, ${side.owner} AS c,
    ${side.version} AS v, ${side.day} AS d,
    toUInt8(${extra.bits} + ${classBits(side)}) AS x${keyHash ? `, ${extra.key} AS y` : ''}`;

/** A row of either side; truth is never of another customer where a chunk reads it. */
export const truthRow = ({ truth, keyHash }: DetectionNames) =>
  sideRow(truth, keyHash, { bits: `if(${truth.foreign}, 8, 0)`, key: 'toUInt64(0)' });
export const labelRow = ({ labels, keyHash }: DetectionNames) =>
  sideRow(labels, keyHash, { bits: `1 + if(${labels.foreign}, 8, 0)`, key: keyHash ?? '' });

export const inRange = (side: SideNames) => `
    ${side.start} >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
    AND ${side.start} <= fromUnixTimestamp64Milli({lastMs:Int64}, 'UTC')`;

/** Odd multipliers, so that agent and use case swapped do not cancel. */
const mix = `bitShiftLeft(g * 0x9E3779B97F4A7C15 + u * 0xC2B2AE3D27D4EB4F + hr * 0x165667B19E3779F9 + c * 0x27D4EB2F165667C5, 8)`;

const truthWeight = `if(bitTest(x, 1), toUInt64(16), ${mix} + 1 + bitAnd(x, 4) * 16) AS w`;
const labelWeight = `bitNot(${mix}) + 3 AS w`;

/**
 * Both sides of a range, once, without FINAL. Costs one pass over seven columns of each table; bounded by the chunk.
 */
export const insertRows = statement({
  name: 'detection.read',
  text: (names: DetectionNames) => `
    INSERT INTO ${rowTable} (k, g, u, hr, c, v, d, x${names.keyHash ? ', y' : ''}, w)
    SELECT ${truthRow(names)}, ${truthWeight}
    FROM ${names.truth.table}
    WHERE ${inRange(names.truth)} AND NOT (${names.truth.foreign})
    UNION ALL
    SELECT ${labelRow(names)}, ${labelWeight}
    FROM ${names.labels.table}
    WHERE ${inRange(names.labels)} AND ({foreignLabels:UInt8} = 1 OR NOT (${names.labels.foreign}))`,
  params: ReadScope,
  row: z.never(),
});

/**
 * The screen: one sum per conversation. A closed truth row adds its mix and 1, an open one 16, a settling one 64 more;
 * a label row takes the mix away and adds 2, which is `bitNot(mix) + 3`. 3 is one of each and equal, 16 is open and
 * unlabelled: both need no explanation. Everything else, unmerged rows too, is a candidate.
 */
export const createCandidates = statement({
  name: 'detection.screen',
  text: (_names: DetectionNames) => `
    CREATE TEMPORARY TABLE ${candidateTable} ENGINE = Memory AS
    SELECT *
    FROM ${rowTable}
    WHERE k IN (
      SELECT k
      FROM ${rowTable}
      GROUP BY k
      HAVING sum(w) NOT IN (3, 16))`,
  params: NoParams,
  row: z.never(),
});

/** Truth rows of each day that the screen settled: exactly one a conversation. */
export const selectSettledDays = statement({
  name: 'detection.days',
  text: `
    SELECT d, toInt64(sum(w)) AS conversations, toInt64(sumIf(w, bitTest(x, 1))) AS open
    FROM (
      SELECT d, x, toInt8(1) AS w FROM ${rowTable} WHERE NOT bitTest(x, 0)
      UNION ALL
      SELECT d, x, toInt8(-1) AS w FROM ${candidateTable} WHERE NOT bitTest(x, 0))
    GROUP BY d`,
  params: NoParams,
  row: z.object({ d: z.number(), conversations: z.coerce.number(), open: z.coerce.number() }),
});

/**
 * How many candidates have truths of two owners, and how many have several rows of one side. Next to none ever have the
 * first, and explaining is twice as fast without; only the second can have versions that are equal.
 */
export const selectRepeats = statement({
  name: 'detection.repeats',
  text: `
    SELECT countIf(many) AS many, countIf(repeated) AS repeated
    FROM (
      SELECT minIf(c, NOT bitTest(x, 0)) != maxIf(c, NOT bitTest(x, 0)) AS many,
             countIf(bitTest(x, 0)) > 1 OR countIf(NOT bitTest(x, 0)) > 1 AS repeated
      FROM ${candidateTable}
      GROUP BY k)`,
  params: NoParams,
  row: z.object({ many: z.coerce.number(), repeated: z.coerce.number() }),
});
