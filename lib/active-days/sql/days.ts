import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { startsBetween } from '@/lib/customers/sql/scope';
import type { SideColumns } from '@/lib/detection/judge/sql/columns';
import { countDays, daysOnOf } from '../days-on-model';
import type { SnapshotRow } from '../model';

/** `fromMs` and `toMs` are the ranges, pair by pair. `fromDay` is the first day of the scope. */
const RangesParams = z.object({
  customer: z.string(),
  fromMs: z.array(z.number().int()),
  toMs: z.array(z.number().int()),
  fromDay: z.string(),
  timeZone: z.string(),
});

const AgentRow = z
  .object({ agent: z.string(), use_case: z.string(), all_use_cases: z.coerce.number(), words: z.array(z.string()) })
  .transform((row): SnapshotRow => {
    const on = daysOnOf(row.words);
    return { agent: row.agent, useCase: row.all_use_cases === 1 ? null : row.use_case, days: countDays(on), on };
  });

/** NOTE: each range is written out, so that the index reads only the rows in it. */
const inRanges = (ranges: number) =>
  `customer_id = {customer:String} AND (${Array.from({ length: ranges }, (_, at) =>
    startsBetween(`{fromMs:Array(Int64)}[${at + 1}]`, `{toMs:Array(Int64)}[${at + 1}]`),
  ).join(' OR ')})`;

/** `words` is how many words the days of the scope take: see `DaysOn`. */
type Counted = { ranges: number; words: number };

const pairOf = (side: SideColumns) => `toUInt64(cityHash64(${side.agentText}, ${side.useCaseText}))`;

/** What a row says as one number: agent and use case as a hash, above the day of the scope, above 1 where it counts. */
const saidBy = (side: SideColumns, counts: string) => `
          bitShiftLeft(toUInt128(${pairOf(side)}), 32)
            + bitShiftLeft(toUInt32(toDate(conversation_start_time, {timeZone:String}) - toDate({fromDay:String})), 1)
            + toUInt32(${counts})`;

const daysOfWord = (word: number) =>
  `groupBitOrIf(bitShiftLeft(toUInt64(1), bitAnd(at, 63)), counts AND intDiv(at, 64) = ${word}) AS word${word}`;

/**
 * The days of each agent, for all use cases together and for each, from the newest row of each key. The newest rows are
 * picked as numbers, and the names are read beside them: argMax of texts takes eight times as long. One pass over the
 * range's rows and one over their names; the memory is bounded by spilling to disk. The join is local.
 */
const perAgent = (
  { side, key, counts }: { side: SideColumns; key: readonly string[]; counts: string },
  { ranges, words }: Counted,
) => {
  const every = Array.from({ length: words }, (_, word) => word);
  return `
    SELECT agent, use_case, grouping(use_case) AS all_use_cases,
           [${every.map((word) => `hex(groupBitOr(word${word}))`).join(', ')}] AS words
    FROM (
      SELECT toUInt64(bitShiftRight(said, 32)) AS pair, ${every.map(daysOfWord).join(',\n             ')}
      FROM (
        SELECT said, intDiv(toUInt32(said), 2) AS at, bitAnd(toUInt32(said), 1) = 1 AS counts
        FROM (
          SELECT argMax(${saidBy(side, counts)}, ${side.order}) AS said
          FROM ${side.table}
          WHERE ${inRanges(ranges)}
          GROUP BY ${key.join(', ')}))
      GROUP BY pair) AS said
    INNER JOIN (
      SELECT ${pairOf(side)} AS pair, any(${side.agentText}) AS agent, any(${side.useCaseText}) AS use_case
      FROM ${side.table}
      WHERE ${inRanges(ranges)}
      GROUP BY pair) AS names
    USING (pair)
    WHERE agent != ''
    GROUP BY GROUPING SETS ((agent), (agent, use_case))`;
};

/**
 * The days with a label per agent. The newest row of each label key counts, grouped by the catalogue's own key
 * expressions, because FINAL only merges rows within a shard.
 */
export const selectLabelDays = statement<
  typeof RangesParams,
  typeof AgentRow,
  Counted & { labels: SideColumns; key: string[] }
>({
  name: 'active_days.select_label_days',
  text: ({ labels, key, ...of }) => perAgent({ side: labels, key, counts: '1' }, of),
  params: RangesParams,
  row: AgentRow,
});

/**
 * The days of closed truth per agent, from the newest version of each conversation. An agent with only open
 * conversations has 0.
 */
export const selectTruthDays = statement<typeof RangesParams, typeof AgentRow, Counted & { truth: SideColumns }>({
  name: 'active_days.select_truth_days',
  text: ({ truth, ...of }) =>
    perAgent(
      { side: truth, key: ['conversation_id', 'customer_id', 'profile_id'], counts: `(${truth.endMs}) != 0` },
      of,
    ),
  params: RangesParams,
  row: AgentRow,
});
