import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { inRange, RangeParams } from '@/lib/customers/sql/scope';
import type { ConversationSort, EvidenceRow } from '../../model';
import { askedTable } from './asked';
import type { DetectionColumns, SideColumns } from './columns';
import { selectHashes } from './packed';

/** The conversation ids behind hashes, from both sides of a range. Bounded by the 10,000 hashes of one parameter. */
export const selectConversationIds = statement({
  name: 'detection.conversation_ids',
  text: ({ truth, labels }: DetectionColumns) => `
    SELECT DISTINCT hash, id
    FROM (
      SELECT ${truth.conversation} AS hash, ${truth.idText} AS id
      FROM ${truth.table}
      WHERE ${inRange} AND hash IN (${selectHashes})
      UNION ALL
      SELECT ${labels.conversation} AS hash, ${labels.idText} AS id
      FROM ${labels.table}
      WHERE ${inRange} AND hash IN (${selectHashes}))`,
  params: RangeParams.extend({ hashes: z.string() }),
  row: z
    .object({ hash: z.string(), id: z.string() })
    .transform(({ hash, id }) => ({ hash: BigInt(hash), conversationId: id })),
});

/** One of so many parts of a day’s conversations, by their hashes. Bucket 0 of 1 is all of them. */
const Bucket = { bucket: z.number().int(), buckets: z.number().int().min(1) };
const inBucket = (side: SideColumns) => `modulo(${side.conversation}, {buckets:UInt32}) = {bucket:UInt32}`;

export const pageModes = ['listed', 'fresh', 'open', 'all'] as const;

/** What a page is sorted by: the newest truth of each conversation, or its labels where it has none. */
const sortKeys: Record<ConversationSort, string> = {
  id: 'id',
  start: 'if(max(is_truth) = 1, argMaxIf(start_ms, newest_last, is_truth = 1), min(start_ms))',
  end: 'argMaxIf(end_ms, newest_last, is_truth = 1)',
  agent: 'if(max(is_truth) = 1, argMaxIf(agent, newest_last, is_truth = 1), min(agent))',
  useCase: 'if(max(is_truth) = 1, argMaxIf(use_case, newest_last, is_truth = 1), min(use_case))',
};

type PageOrder = { sort?: ConversationSort; descending?: boolean };

/**
 * One page of a day's conversations, and how many match. The caller puts judged ones into the table of those it
 * asks for. `listed` shows only these, `fresh` all others that are closed, `open` those whose newest truth is open, and
 * `all` every truth of the day and these. Reads four columns of the day; bounded by the caller's rows and seconds.
 */
export const selectPage = statement({
  name: 'detection.page',
  text: ({ truth, labels, sort = 'id', descending = false }: DetectionColumns & PageOrder) => `
    SELECT hash, id, count() OVER () AS total
    FROM (
      SELECT hash, id, ${sortKeys[sort]} AS sort_key
      FROM (
        SELECT ${truth.conversation} AS hash, ${truth.idText} AS id, ${truth.agentText} AS agent, ${truth.useCaseText} AS use_case,
               1 AS is_truth, ${truth.startMs} AS start_ms, ${truth.endMs} AS end_ms, ${truth.order} AS newest_last
        FROM ${truth.table}
        WHERE ${inRange} AND NOT (${truth.foreign}) AND ${inBucket(truth)}
        UNION ALL
        SELECT ${labels.conversation} AS hash, ${labels.idText} AS id, ${labels.agentText} AS agent, ${labels.useCaseText} AS use_case,
               0 AS is_truth, ${labels.startMs} AS start_ms, 0 AS end_ms, toInt256(0) AS newest_last
        FROM ${labels.table}
        WHERE ${inRange} AND ${inBucket(labels)})
      GROUP BY hash, id
      HAVING multiIf({mode:String} = 'listed', hash IN (SELECT conversation FROM ${askedTable}),
                     {mode:String} = 'all', max(is_truth) = 1 OR hash IN (SELECT conversation FROM ${askedTable}),
                     max(is_truth) = 1
                       AND (argMaxIf(end_ms, newest_last, is_truth = 1) = 0) = ({mode:String} = 'open')
                       AND ({mode:String} = 'open' OR hash NOT IN (SELECT conversation FROM ${askedTable})))
         AND ({agent:Nullable(String)} IS NULL OR countIf(agent = {agent:Nullable(String)}) > 0)
         AND ({useCase:Nullable(String)} IS NULL OR countIf(use_case = {useCase:Nullable(String)}) > 0)
         AND ({search:String} = '' OR positionCaseInsensitiveUTF8(id, {search:String}) > 0
              OR countIf(positionCaseInsensitiveUTF8(agent, {search:String}) > 0) > 0))
    ORDER BY sort_key${descending ? ' DESC' : ''}, id
    LIMIT {rowsMax:UInt32} OFFSET {offset:UInt32}`,
  params: RangeParams.extend({
    customerId: z.string(),
    mode: z.enum(pageModes),
    agent: z.string().nullable(),
    useCase: z.string().nullable(),
    search: z.string(),
    rowsMax: z.number().int(),
    offset: z.number().int(),
    ...Bucket,
  }),
  row: z
    .object({ hash: z.string(), id: z.string(), total: z.coerce.number() })
    .transform(({ hash, id, total }) => ({ hash: BigInt(hash), conversationId: id, total })),
});

const evidenceColumns = (side: SideColumns) => `
      ${side.idText} AS id,
      argMax((${side.customerText}, ${side.profileText}, ${side.agentText}, ${side.useCaseText},
              ${side.startMs}, ${side.endMs}, intDiv(${side.version}, ${side.versionPerMs})), ${side.order}) AS newest`;

type EvidenceNames = { columns: DetectionColumns; key: readonly string[] };
const evidenceText = ({ columns: { truth, labels }, key }: EvidenceNames, which: (side: SideColumns) => string) => `
    SELECT is_label, id, newest.1 AS customer_id, newest.2 AS profile_id, newest.3 AS agent, newest.4 AS use_case,
           toInt64(newest.5) AS start_ms, toInt64(newest.6) AS end_ms, toInt64(newest.7) AS updated_ms
    FROM (
      SELECT 0 AS is_label, ${evidenceColumns(truth)}
      FROM ${truth.table}
      WHERE ${which(truth)}
      GROUP BY id, ${truth.customerText}, ${truth.profileText}
      UNION ALL
      SELECT 1 AS is_label, ${evidenceColumns(labels)}
      FROM ${labels.table}
      WHERE ${which(labels)}
      GROUP BY id, ${key.join(', ')})
    ORDER BY id, is_label, updated_ms DESC, customer_id, profile_id, agent`;

const EvidenceOf = z
  .object({
    is_label: z.number(),
    id: z.string(),
    customer_id: z.string(),
    profile_id: z.string(),
    agent: z.string(),
    use_case: z.string(),
    start_ms: z.coerce.number(),
    end_ms: z.coerce.number(),
    updated_ms: z.coerce.number(),
  })
  .transform((row) => ({
    conversationId: row.id,
    isLabel: row.is_label === 1,
    evidence: {
      customerId: row.customer_id,
      profileId: row.profile_id,
      agent: row.agent,
      useCase: row.use_case,
      startAtMs: row.start_ms,
      endAtMs: row.end_ms,
      updatedAtMs: row.updated_ms,
    } satisfies EvidenceRow,
  }));

/**
 * Truth beside labels of at most 500 conversations: the newest truth row of each customer and profile, the newest row
 * of each label key. Without bounds it passes over the ids of all of both tables, with bounds over those of a range.
 */
export const selectEvidence = statement({
  name: 'detection.evidence',
  text: ({ bounded, ...names }: EvidenceNames & { bounded: boolean }) =>
    evidenceText(names, (side) => `${side.conversation} IN (${selectHashes}) ${bounded ? `AND ${inRange}` : ''}`),
  params: RangeParams.extend({ hashes: z.string() }),
  row: EvidenceOf,
});

/** The same of a bucket of a day's conversations, for files: only rows of that day. Passes over the ids of the day. */
export const selectBucketEvidence = statement({
  name: 'detection.bucket_evidence',
  text: (names: EvidenceNames) => evidenceText(names, (side) => `${inRange} AND ${inBucket(side)}`),
  params: RangeParams.extend(Bucket),
  row: EvidenceOf,
});
