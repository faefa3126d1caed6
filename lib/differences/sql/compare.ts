import { z } from 'zod';
import { everywhere, quoteName, quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { inScope, ScopeParams } from '@/lib/customers/sql/scope';
import { placeOfRow, type SideColumns } from '@/lib/detection/judge/sql/columns';
import { backupTableOf } from '@/lib/label-store/model';
import { isRestored } from '@/lib/label-store/sql/digest';
import { keyHash, type RowIdentifiers, rowHash } from '@/lib/label-store/sql/row-hash';
import { differenceKinds as kinds } from '../kinds-model';
import type { Difference, LabelRow } from '../model';

/** From the catalogue. `others` are the columns that are compared besides those of `LabelRow`. */
export type CompareNames = RowIdentifiers & {
  labelSide: SideColumns;
  labels: TableName;
  labelsLocal: TableName;
  cluster: string | null;
  others: string[];
  /** False for a unit that had no label row, and so no backup. */
  hasBackup: boolean;
};

/** What is compared of a row: NULL and '' agents are one. The version is left out, since each relabel writes another. */
const cells = ({ labelSide: side, others }: CompareNames) =>
  `tuple(CAST(${side.profileText} AS String), CAST(${side.agentText} AS String), CAST(${side.useCaseText} AS String),
            toInt64(${side.startMs}), toInt64(${side.endMs}),
            CAST([${others.map((name) => `CAST(ifNull(toString(${quoteName(name)}), '\\\\N') AS String)`).join(', ')}] AS Array(String)))`;

/** The rows before and after, with `what` of each; `and` may leave some out. */
const bothSides = (names: CompareNames, what: string, and = '') => {
  const { labelSide, labels, labelsLocal, cluster, hasBackup } = names;
  const row = (isNew: 0 | 1, tie: string) => `
          SELECT ${what}, toUInt8(${isNew}) AS slc_new, ${keyHash(names)} AS slc_key,
            toInt64(${labelSide.version}) AS slc_version, toInt256(${tie}) AS slc_tie`;
  const after = `${row(1, placeOfRow)}
          FROM ${quoteTable(labels)}
          WHERE ${inScope} ${and}`;
  if (!hasBackup) return after;
  return `${row(0, rowHash(names.columns))}
          FROM ${everywhere(cluster, backupTableOf(labelsLocal))}
          WHERE slc_backup_id = {backup:String} AND ${isRestored} ${and}
          UNION ALL${after}`;
};

const isDifferent = `(countIf(slc_new = 0) != countIf(slc_new = 1)
            OR sumWithOverflowIf(slc_content, slc_new = 0) != sumWithOverflowIf(slc_content, slc_new = 1))`;

/** Each conversation by its hash, with the rows of each side, newest per key, and whether they differ. 16 bytes a row. */
const screened = (names: CompareNames) => `
      SELECT slc_conversation, countIf(slc_new = 0) AS slc_before, countIf(slc_new = 1) AS slc_after, ${isDifferent} AS slc_differs
      FROM (
        SELECT slc_newest.1 AS slc_conversation, slc_new, slc_newest.2 AS slc_content
        FROM (
          SELECT slc_new, argMax((slc_id_hash, slc_hash), (slc_version, slc_tie)) AS slc_newest
          FROM (${bothSides(names, `${names.labelSide.conversation} AS slc_id_hash, cityHash64(${cells(names)}) AS slc_hash`)}
          )
          GROUP BY slc_new, slc_key
        )
      )
      GROUP BY slc_conversation`;

const CompareParams = ScopeParams.extend({ backup: z.string() });
const count = z.coerce.number();

/** How many conversations and rows were compared. One pass over the labels of a unit and one over its backup. */
export const countCompared = statement<
  typeof CompareParams,
  z.ZodType<{ conversations: number; changed: number; rowsBefore: number; rowsAfter: number }>,
  CompareNames
>({
  name: 'differences.count_compared',
  text: (names) => `
    SELECT count() AS conversations, countIf(slc_differs) AS changed, sum(slc_before) AS rows_before, sum(slc_after) AS rows_after
    FROM (${screened(names)}
    )`,
  params: CompareParams,
  row: z.object({ conversations: count, changed: count, rows_before: count, rows_after: count }).transform((row) => ({
    conversations: row.conversations,
    changed: row.changed,
    rowsBefore: row.rows_before,
    rowsAfter: row.rows_after,
  })),
});

const bit = (is: string, { bit }: { bit: number }) => `if(${is}, ${bit}, 0)`;
const anyPair = (differs: (at: number) => string, ...at: number[]) =>
  `arrayExists((o, n) -> ${at.map(differs).join(' OR ')}, slc_o, slc_n)`;
const differ = (at: number) => `o.${at} != n.${at}`;

const kindsOfRow = [
  bit('empty(slc_olds)', kinds.added),
  bit('empty(slc_news)', kinds.removed),
  bit(anyPair(differ, 2), kinds.agent),
  bit(anyPair(differ, 3), kinds.useCase),
  bit(anyPair(differ, 4, 5), kinds.times),
  bit(anyPair(differ, 1, 6), kinds.other),
  bit('notEmpty(slc_news) AND length(slc_olds) > length(slc_news)', kinds.duplicateRemoved),
  bit('notEmpty(slc_olds) AND length(slc_news) > length(slc_olds)', kinds.duplicateBack),
].join(' + ');

/**
 * Conversations that differ, or with `differing` 0 those that do not, with all their rows, newest first. Rows that are
 * equal before and after are set aside; of the others the newest is compared with the newest. Two more passes over
 * both sides, and memory of what is shown. UNION ALL and GROUP BY, for any number of shards.
 */
const compared = (names: CompareNames) => {
  const and = `AND ${names.labelSide.conversation} GLOBAL IN (
            SELECT slc_conversation FROM (${screened(names)}
            ) WHERE toUInt8(slc_differs) = {differing:UInt8})`;
  return `
      SELECT slc_id, slc_olds, slc_news, toUInt16(${kindsOfRow}) AS slc_kinds,
        if(notEmpty(slc_news), slc_news, slc_olds)[1].4 AS slc_start,
        arrayDistinct(arrayMap(x -> x.2, arrayConcat(slc_olds, slc_news))) AS slc_agents,
        arrayDistinct(arrayMap(x -> x.3, arrayConcat(slc_olds, slc_news))) AS slc_use_cases
      FROM (
        SELECT slc_id, slc_olds, slc_news,
          arrayFilter(x -> NOT has(slc_news, x), slc_olds) AS slc_gone,
          arrayFilter(x -> NOT has(slc_olds, x), slc_news) AS slc_came,
          arraySlice(slc_gone, 1, least(length(slc_gone), length(slc_came))) AS slc_o,
          arraySlice(slc_came, 1, least(length(slc_gone), length(slc_came))) AS slc_n
        FROM (
          SELECT slc_id,
            arrayMap(x -> x.2, arrayReverseSort(groupArrayIf((slc_newest, slc_row), slc_new = 0))) AS slc_olds,
            arrayMap(x -> x.2, arrayReverseSort(groupArrayIf((slc_newest, slc_row), slc_new = 1))) AS slc_news
          FROM (
            SELECT slc_newest_row.1 AS slc_id, slc_new, slc_newest_row.2 AS slc_row, slc_newest
            FROM (
              SELECT slc_new, argMax((slc_text, slc_cells), (slc_version, slc_tie)) AS slc_newest_row, max(slc_version) AS slc_newest
              FROM (${bothSides(names, `CAST(${names.labelSide.idText} AS String) AS slc_text, ${cells(names)} AS slc_cells`, and)}
              )
              GROUP BY slc_new, slc_key
            )
          )
          GROUP BY slc_id
        )
      )`;
};

const ComparedParams = CompareParams.extend({ differing: z.union([z.literal(0), z.literal(1)]) });
const Shares = z.array(z.tuple([z.string(), count]));

/** Conversations that differ by their kinds, agents and use cases. One row. */
export const countDifferences = statement<
  typeof ComparedParams,
  z.ZodType<{ byKinds: [number, number][]; byAgent: [string, number][]; byUseCase: [string, number][] }>,
  CompareNames
>({
  name: 'differences.count',
  text: (names) => `
    SELECT arrayZip(slc_k.1, slc_k.2) AS by_kinds, arrayZip(slc_a.1, slc_a.2) AS by_agent, arrayZip(slc_u.1, slc_u.2) AS by_use_case
    FROM (
      SELECT sumMap([slc_kinds], [toUInt64(1)]) AS slc_k,
        sumMap(slc_agents, arrayMap(x -> toUInt64(1), slc_agents)) AS slc_a,
        sumMap(slc_use_cases, arrayMap(x -> toUInt64(1), slc_use_cases)) AS slc_u
      FROM (${compared(names)}
      )
    )`,
  params: ComparedParams,
  row: z
    .object({ by_kinds: z.array(z.tuple([count, count])), by_agent: Shares, by_use_case: Shares })
    .transform((row) => ({ byKinds: row.by_kinds, byAgent: row.by_agent, byUseCase: row.by_use_case })),
});

const Cells = z.tuple([z.string(), z.string(), z.string(), count, count, z.array(z.string())]).transform(
  ([profileId, agent, useCase, startAtMs, endAtMs, others]): LabelRow => ({
    profileId,
    agent,
    useCase,
    startAtMs,
    endAtMs,
    others,
  }),
);

const PageParams = ComparedParams.extend({
  kinds: z.number().int(),
  agent: z.string().nullable(),
  useCase: z.string().nullable(),
  search: z.string(),
  fromDayMs: z.number().int(),
  toDayMs: z.number().int(),
  afterMs: z.number().int(),
  afterId: z.string(),
  offset: z.number().int(),
  rowsMax: z.number().int(),
});

/**
 * Differences by start and id, after a place or an offset, with how many match in all from that place on. `kinds` are
 * bits of which one is enough, 0 for all.
 */
export const selectCompared = statement<
  typeof PageParams,
  z.ZodType<Omit<Difference, 'unit'> & { total: number }>,
  CompareNames
>({
  name: 'differences.select_compared',
  text: (names) => `
    SELECT slc_id, slc_kinds, slc_start, slc_olds, slc_news, count() OVER () AS slc_total
    FROM (${compared(names)}
    )
    WHERE ({kinds:UInt16} = 0 OR bitAnd(slc_kinds, {kinds:UInt16}) != 0)
      AND ({agent:Nullable(String)} IS NULL OR has(slc_agents, assumeNotNull({agent:Nullable(String)})))
      AND ({useCase:Nullable(String)} IS NULL OR has(slc_use_cases, assumeNotNull({useCase:Nullable(String)})))
      AND ({search:String} = '' OR positionCaseInsensitiveUTF8(slc_id, {search:String}) > 0)
      AND slc_start BETWEEN {fromDayMs:Int64} AND {toDayMs:Int64}
      AND (slc_start, slc_id) > ({afterMs:Int64}, {afterId:String})
    ORDER BY slc_start, slc_id
    LIMIT {rowsMax:UInt32} OFFSET {offset:UInt32}`,
  params: PageParams,
  row: z
    .object({
      slc_id: z.string(),
      slc_kinds: count,
      slc_start: count,
      slc_olds: z.array(Cells),
      slc_news: z.array(Cells),
      slc_total: count,
    })
    .transform((row) => ({
      conversationId: row.slc_id,
      kinds: row.slc_kinds,
      startAtMs: row.slc_start,
      olds: row.slc_olds,
      news: row.slc_news,
      total: row.slc_total,
    })),
});
