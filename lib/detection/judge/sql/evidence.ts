import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import type { EvidenceRow } from '../../model';
import type { DetectionNames, SideNames } from './columns';

const inRange = (side: SideNames) => `
      ${side.start} >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
      AND ${side.start} <= fromUnixTimestamp64Milli({lastMs:Int64}, 'UTC')`;

const unpacked = `SELECT arrayJoin(arrayMap(at -> reinterpretAsUInt64(substring(packed, at * 8 + 1, 8)), range(intDiv(length(packed), 8))))
        FROM (SELECT base64Decode({ids:String}) AS packed)`;

/** The ids behind hashes, from both sides of a range; bounded by the ids asked, 10,000 at most. */
export const selectConversationIds = statement({
  name: 'detection.conversation_ids',
  text: ({ truth, labels }: DetectionNames) => `
    SELECT DISTINCT hash, id
    FROM (
      SELECT ${truth.id} AS hash, ${truth.idText} AS id
      FROM ${truth.table}
      WHERE ${inRange(truth)} AND hash IN (${unpacked})
      UNION ALL
      SELECT ${labels.id} AS hash, ${labels.idText} AS id
      FROM ${labels.table}
      WHERE ${inRange(labels)} AND hash IN (${unpacked}))`,
  params: z.object({ fromMs: z.number().int(), lastMs: z.number().int(), ids: z.string() }),
  row: z
    .object({ hash: z.string(), id: z.string() })
    .transform(({ hash, id }) => ({ hash: BigInt(hash), conversationId: id })),
});

export const pageModes = ['listed', 'fresh', 'open', 'all'] as const;

/**
 * One page of a day's conversations by id, and how many match. `slc_ids` holds the judged ones: `listed` takes these
 * alone, `fresh` all but these, `open` those whose newest truth is open, `all` every truth of the day and these.
 * Reads four columns of the day; bounded by the caller's rows and seconds.
 */
export const selectPage = statement({
  name: 'detection.page',
  text: ({ truth, labels }: DetectionNames) => `
    SELECT hash, id, count() OVER () AS total
    FROM (
      SELECT hash, id
      FROM (
        SELECT ${truth.id} AS hash, ${truth.idText} AS id, ${truth.agentText} AS agent, ${truth.useCaseText} AS use_case,
               1 AS in_truth, ${truth.endMs} AS end_ms, ${truth.order} AS version
        FROM ${truth.table}
        WHERE ${inRange(truth)} AND NOT (${truth.foreign})
        UNION ALL
        SELECT ${labels.id} AS hash, ${labels.idText} AS id, ${labels.agentText} AS agent, ${labels.useCaseText} AS use_case,
               0 AS in_truth, 0 AS end_ms, toInt256(0) AS version
        FROM ${labels.table}
        WHERE ${inRange(labels)})
      GROUP BY hash, id
      HAVING multiIf({mode:String} = 'listed', hash IN (SELECT k FROM slc_ids),
                     {mode:String} = 'all', max(in_truth) = 1 OR hash IN (SELECT k FROM slc_ids),
                     max(in_truth) = 1
                       AND (argMaxIf(end_ms, version, in_truth = 1) = 0) = ({mode:String} = 'open')
                       AND ({mode:String} = 'open' OR hash NOT IN (SELECT k FROM slc_ids)))
         AND ({agent:Nullable(String)} IS NULL OR countIf(agent = {agent:Nullable(String)}) > 0)
         AND ({useCase:Nullable(String)} IS NULL OR countIf(use_case = {useCase:Nullable(String)}) > 0)
         AND ({search:String} = '' OR positionCaseInsensitiveUTF8(id, {search:String}) > 0
              OR countIf(positionCaseInsensitiveUTF8(agent, {search:String}) > 0) > 0))
    ORDER BY id
    LIMIT {rowsMax:UInt32} OFFSET {offset:UInt32}`,
  params: z.object({
    customerId: z.string(),
    fromMs: z.number().int(),
    lastMs: z.number().int(),
    mode: z.enum(pageModes),
    agent: z.string().nullable(),
    useCase: z.string().nullable(),
    search: z.string(),
    rowsMax: z.number().int(),
    offset: z.number().int(),
  }),
  row: z
    .object({ hash: z.string(), id: z.string(), total: z.coerce.number() })
    .transform(({ hash, id, total }) => ({ hash: BigInt(hash), conversationId: id, total })),
});

const evidenceColumns = (side: SideNames) => `
      ${side.idText} AS id,
      argMax((${side.customerText}, ${side.profileText}, ${side.agentText}, ${side.useCaseText},
              ${side.startMs}, ${side.endMs}, intDiv(${side.version}, ${side.versionPerMs})), ${side.order}) AS r`;

const within = (side: SideNames, bounded: boolean) => (bounded ? `AND ${inRange(side)}` : '');

/**
 * Truth beside labels of at most 500 conversations: the newest truth row of each customer and profile, the newest row
 * of each label key. Unbounded in time it passes over the ids of both tables; bounded over those of a range.
 */
export const selectEvidence = statement({
  name: 'detection.evidence',
  text: ({ names, key, bounded }: { names: DetectionNames; key: readonly string[]; bounded: boolean }) => {
    const { truth, labels } = names;
    return `
    SELECT label, id, r.1 AS customer_id, r.2 AS profile_id, r.3 AS agent, r.4 AS use_case,
           toInt64(r.5) AS start_ms, toInt64(r.6) AS end_ms, toInt64(r.7) AS updated_ms
    FROM (
      SELECT 0 AS label, ${evidenceColumns(truth)}
      FROM ${truth.table}
      WHERE ${truth.id} IN (${unpacked}) ${within(truth, bounded)}
      GROUP BY id, ${truth.customerText}, ${truth.profileText}
      UNION ALL
      SELECT 1 AS label, ${evidenceColumns(labels)}
      FROM ${labels.table}
      WHERE ${labels.id} IN (${unpacked}) ${within(labels, bounded)}
      GROUP BY id, ${key.join(', ')})
    ORDER BY id, label, updated_ms DESC, customer_id, profile_id, agent`;
  },
  params: z.object({ fromMs: z.number().int(), lastMs: z.number().int(), ids: z.string() }),
  row: z
    .object({
      label: z.number(),
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
      isLabel: row.label === 1,
      evidence: {
        customerId: row.customer_id,
        profileId: row.profile_id,
        agent: row.agent,
        useCase: row.use_case,
        startAtMs: row.start_ms,
        endAtMs: row.end_ms,
        updatedAtMs: row.updated_ms,
      } satisfies EvidenceRow,
    })),
});
