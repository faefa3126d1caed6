import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
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
