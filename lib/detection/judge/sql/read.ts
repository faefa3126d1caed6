import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { inRange, RangeParams } from '@/lib/customers/sql/scope';
import type { DetectionColumns, SideColumns } from './columns';

/** Temporary tables of one session: the rows that were read, and those of conversations that need an explanation. */
export const rowTable = 'slc_rows_read';
export const candidateTable = 'slc_candidates';

/**
 * Columns of both: numbers only, since a chunk is held in memory. Conversation, agent, use case, and customer with
 * profile are hashes; `day` is in days since 1970.
 */
const types = {
  conversation: 'UInt64',
  agent: 'UInt64',
  use_case: 'UInt64',
  end_hour: 'UInt32',
  customer_profile: 'UInt64',
  version: 'Int64',
  day: 'UInt16',
  is_label: 'UInt8',
  is_open: 'UInt8',
  is_settling: 'UInt8',
  /** The row is of another customer. */
  is_foreign: 'UInt8',
  /** What of the label key is in no other column, as one hash. Only where there is any. */
  rest_of_key: 'UInt64',
  /** What the row adds to the screen. */
  screen_weight: 'UInt64',
  /** Where in the scan the row is; only the confirm fills it. */
  chunk: 'UInt16 DEFAULT 0',
};
type Column = keyof typeof types;

/**
 * A row of either side: the expression of each column. NOTE: the expressions get no aliases, since a column of the
 * customer's table may have the same name.
 */
export type RowExpressions = Partial<Record<Column, string>>;

export const columnsOf = (row: RowExpressions): string => Object.keys(row).join(', ');
export const expressionsOf = (row: RowExpressions): string => Object.values(row).join(',\n           ');

const NoParams = z.object({});

/** Needs the right to create temporary tables, which a user with `readonly=2` has. */
export const createRows = statement({
  name: 'detection.create_rows',
  text: ({ restOfKey }: DetectionColumns) => `
    CREATE TEMPORARY TABLE ${rowTable} (${Object.entries(types)
      .filter(([column]) => column !== 'rest_of_key' || restOfKey !== null)
      .map(([column, type]) => `${column} ${type}`)
      .join(', ')}) ENGINE = Memory`,
  params: NoParams,
  row: z.never(),
});

export const dropTables = statement({
  name: 'detection.drop_tables',
  text: (tables: readonly string[]) => `DROP TEMPORARY TABLE IF EXISTS ${tables.join(', ')}`,
  params: NoParams,
  row: z.never(),
});

export const ReadScope = RangeParams.extend({
  customerId: z.string(),
  timeZone: z.string(),
  /** 1 reads labels of other customers too: the database of one customer has hardly any, and each is a finding. */
  foreignLabels: z.union([z.literal(0), z.literal(1)]),
  asOfMs: z.number().int(),
  marginMs: z.number().int(),
});
export type ReadScope = z.infer<typeof ReadScope>;

/** The instant, in units of which a millisecond has `perMs`, is within the safety margin of now. */
const isRecent = (instant: string, perMs: number) =>
  `abs(${instant} - {asOfMs:Int64} * ${perMs}) <= {marginMs:Int64} * ${perMs}`;

/** The row ended or changed within the safety margin of now. Takes `{asOfMs:Int64}` and `{marginMs:Int64}`. */
export const isSettling = (side: SideColumns): string =>
  `(${isRecent(side.endMs, 1)} OR ${isRecent(side.version, side.versionPerMs)})`;

const rowOf = (side: SideColumns, isLabel: 0 | 1, restOfKey: string | null): RowExpressions => ({
  conversation: side.conversation,
  agent: side.agent,
  use_case: side.useCase,
  end_hour: side.endHour,
  customer_profile: side.customerProfile,
  version: side.version,
  day: side.day,
  is_label: `toUInt8(${isLabel})`,
  is_open: `(${side.endMs} = 0)`,
  is_settling: isSettling(side),
  is_foreign: `(${side.foreign})`,
  ...(restOfKey === null ? {} : { rest_of_key: restOfKey }),
});

export const truthRow = ({ truth, restOfKey }: DetectionColumns): RowExpressions =>
  rowOf(truth, 0, restOfKey === null ? null : 'toUInt64(0)');
export const labelRow = ({ labels, restOfKey }: DetectionColumns): RowExpressions => rowOf(labels, 1, restOfKey);

/**
 * The screen adds up one number for each conversation. Truth adds the hash of what it says, and a label takes the hash
 * of what it says away, so that both cancel where they agree. The lowest 8 bits of the hash are free for these weights.
 */
const weights = { truth: 1, label: 2, open: 16, settling: 64 };
/** One closed truth and one label that agree. */
const freshPair = weights.truth + weights.label;
/** One open truth without a label. */
const openAlone = weights.open;

/** Odd multipliers, so that agent and use case swapped do not cancel. */
const saying = ({ agent, use_case, end_hour, customer_profile }: RowExpressions) => `bitShiftLeft(
             ${agent} * 0x9E3779B97F4A7C15 + ${use_case} * 0xC2B2AE3D27D4EB4F
               + ${end_hour} * 0x165667B19E3779F9 + ${customer_profile} * 0x27D4EB2F165667C5, 8)`;

/** An open truth proves nothing yet, so only its weight is added. */
const weighedTruth = (row: RowExpressions): RowExpressions => ({
  ...row,
  screen_weight: `if(${row.is_open}, toUInt64(${weights.open}),
              ${saying(row)} + ${weights.truth} + ${row.is_settling} * ${weights.settling})`,
});

/** `bitNot(x) + 1` is minus x. */
const weighedLabel = (row: RowExpressions): RowExpressions => ({
  ...row,
  screen_weight: `bitNot(${saying(row)}) + ${1 + weights.label}`,
});

/**
 * Both sides of a range, once, without FINAL. Costs one pass over seven columns of each table; bounded by the chunk.
 */
export const insertRows = statement({
  name: 'detection.read',
  text: (columns: DetectionColumns) => {
    const { truth, labels } = columns;
    const row = weighedTruth(truthRow(columns));
    return `
    INSERT INTO ${rowTable} (${columnsOf(row)})
    SELECT ${expressionsOf(row)}
    FROM ${truth.table}
    WHERE ${inRange} AND NOT (${truth.foreign})
    UNION ALL
    SELECT ${expressionsOf(weighedLabel(labelRow(columns)))}
    FROM ${labels.table}
    WHERE ${inRange} AND ({foreignLabels:UInt8} = 1 OR NOT (${labels.foreign}))`;
  },
  params: ReadScope,
  row: z.never(),
});

/**
 * The screen: a conversation whose rows add up to a fresh pair, or only to an open truth, needs no explanation.
 * Every other one is a candidate, also where it only has rows that are not merged yet.
 */
export const createCandidates = statement({
  name: 'detection.screen',
  text: (_columns: DetectionColumns) => `
    CREATE TEMPORARY TABLE ${candidateTable} ENGINE = Memory AS
    SELECT *
    FROM ${rowTable}
    WHERE conversation IN (
      SELECT conversation
      FROM ${rowTable}
      GROUP BY conversation
      HAVING sum(screen_weight) NOT IN (${freshPair}, ${openAlone}))`,
  params: NoParams,
  row: z.never(),
});

/** Conversations of each day that the screen settled: each has exactly one truth row. */
export const selectSettledDays = statement({
  name: 'detection.days',
  text: `
    SELECT day, toInt64(sum(times)) AS conversations, toInt64(sumIf(times, is_open)) AS open
    FROM (
      SELECT day, is_open, toInt8(1) AS times FROM ${rowTable} WHERE NOT is_label
      UNION ALL
      SELECT day, is_open, toInt8(-1) AS times FROM ${candidateTable} WHERE NOT is_label)
    GROUP BY day`,
  params: NoParams,
  row: z.object({ day: z.number(), conversations: z.coerce.number(), open: z.coerce.number() }),
});

/**
 * How many candidates there are, how many have truths of two profiles, and how many have several rows of one side. Hardly
 * any have the second, and explaining is twice as fast without them; only the third can have equal versions.
 */
export const selectRepeats = statement({
  name: 'detection.repeats',
  text: `
    SELECT count() AS candidates, countIf(of_two_profiles) AS of_two_profiles, countIf(repeated) AS repeated
    FROM (
      SELECT minIf(customer_profile, NOT is_label) != maxIf(customer_profile, NOT is_label) AS of_two_profiles,
             countIf(is_label) > 1 OR countIf(NOT is_label) > 1 AS repeated
      FROM ${candidateTable}
      GROUP BY conversation)`,
  params: NoParams,
  row: z
    .object({ candidates: z.coerce.number(), of_two_profiles: z.coerce.number(), repeated: z.coerce.number() })
    .transform(({ candidates, repeated, ...row }) => ({ candidates, ofTwoProfiles: row.of_two_profiles, repeated })),
});
