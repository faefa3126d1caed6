import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { inScope, ofProfiles, ScopeParams } from '@/lib/customers/sql/scope';
import type { SideColumns } from '@/lib/detection/judge/sql/columns';
import { ChatDigest, ChatHash, HashPart } from './chats';
import { atOf, Count, inUnits, type RepairIdentifiers, UnitParams } from './tables';

const md5 = (parts: readonly string[]) =>
  `reinterpretAsInt64(reverse(substring(MD5(concat(${parts.join(", '\\n', ")})), 1, 8)))`;
const whoOf = ({ customerText, profileText, idText }: SideColumns) => [customerText, profileText, idText];
const idHash = (side: SideColumns) => md5(whoOf(side));

const truthHashes = ({ truth }: RepairIdentifiers) => `
      SELECT
        ${atOf(truth)},
        ${idHash(truth)} AS id_hash,
        argMax((${truth.endMs}, ${md5([...whoOf(truth), truth.agentText, truth.useCaseText, `toString(${truth.endMs})`])}),
          ${truth.order}) AS newest,
        newest.1 != 0 AS closed, newest.2 AS row_hash
      FROM ${truth.table}
      WHERE ${inUnits(truth)}
      GROUP BY slc_at, id_hash`;

/**
 * A part of the closed truth of units as two hashes a conversation, made the same way in Postgres for `chats`: who it
 * is, and who it is with agent, use case and end in milliseconds. Reads the units, memory is 16 bytes a conversation.
 */
export const selectTruthHashes = statement({
  name: 'backfill.truth_hashes',
  text: (identifiers: RepairIdentifiers) => `
    SELECT slc_at, id_hash, row_hash
    FROM (${truthHashes(identifiers)}
    )
    WHERE closed AND bitAnd(id_hash, {mask:Int64}) = {part:Int64}`,
  params: UnitParams.extend(HashPart.shape),
  row: ChatHash,
});

/** How many they are in each unit, and the sums of their hashes. */
export const selectTruthDigests = statement({
  name: 'backfill.truth_digests',
  text: (identifiers: RepairIdentifiers) => `
    SELECT slc_at, count() AS conversations, toString(sum(toInt128(id_hash))) AS ids, toString(sum(toInt128(row_hash))) AS content
    FROM (${truthHashes(identifiers)}
    )
    WHERE closed
    GROUP BY slc_at`,
  params: UnitParams,
  row: ChatDigest,
});

/** Ids of the conversations behind hashes; bounded by the range and 1,000 hashes. */
export const selectTruthIds = statement({
  name: 'backfill.truth_ids',
  text: ({ truth, labels }: RepairIdentifiers) => `
    SELECT t.conversation_id AS conversation_id, t.profile_id AS profile_id,
      (t.customer_id, t.profile_id, t.conversation_id) GLOBAL IN (
        SELECT customer_id, profile_id, conversation_id
        FROM ${labels.table}
        WHERE ${inScope}
      ) AS labelled
    FROM ${truth.table} AS t
    WHERE ${inScope}
      AND ${idHash(truth)} IN {hashes:Array(Int64)}
    LIMIT 1 BY conversation_id, profile_id`,
  params: ScopeParams.extend({ hashes: z.array(z.bigint()) }),
  row: z.object({ conversation_id: z.string(), profile_id: z.string(), labelled: z.number() }).transform((row) => ({
    conversationId: row.conversation_id,
    profileId: row.profile_id,
    labelled: row.labelled === 1,
  })),
});

/** When conversations of these ids start, whatever the range; at most 150 ids. */
export const selectTruthStarts = statement({
  name: 'backfill.truth_starts',
  text: ({ truth }: RepairIdentifiers) => `
    SELECT conversation_id, ${truth.startMs} AS start_ms
    FROM ${truth.table}
    WHERE ${ofProfiles}
      AND conversation_id IN {ids:Array(String)}
    LIMIT 1 BY conversation_id, profile_id`,
  params: ScopeParams.extend({ ids: z.array(z.string()) }),
  row: z
    .object({ conversation_id: z.string(), start_ms: Count })
    .transform((row) => ({ conversationId: row.conversation_id, startMs: row.start_ms })),
});
