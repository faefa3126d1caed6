import { z } from 'zod';
import { chatIsClosed } from '@/lib/customers/sql/ends';
import { pgStatement } from '@/lib/postgres/statement';

/** The closed conversations of a unit, which begins at `at`, with the sums of the two hashes of each. */
export const ChatDigest = z
  .object({ slc_at: z.coerce.number(), conversations: z.coerce.number(), ids: z.string(), content: z.string() })
  .transform(({ slc_at, ...digest }) => ({ at: slc_at, ...digest }));
export type ChatDigest = z.infer<typeof ChatDigest>;

export const ChatHash = z
  .object({ slc_at: z.coerce.number(), id_hash: z.string(), row_hash: z.string() })
  .transform((row) => ({ at: row.slc_at, idHash: row.id_hash, rowHash: row.row_hash }));
export type ChatHash = z.infer<typeof ChatHash>;

/** Units by their two instants. */
export const ChatUnits = z.object({
  customerId: z.string(),
  profiles: z.array(z.string()),
  fromMs: z.array(z.number()),
  toMs: z.array(z.number()),
});
/** One part of the units' conversations, by the last bits of their id's hash: those under `mask` are `part`. */
export const HashPart = z.object({ mask: z.number().int(), part: z.number().int() });
export type HashPart = z.infer<typeof HashPart>;
const chatHashes = `
      SELECT
        unit.from_ms AS slc_at,
        ('x' || left(md5(customer_id || E'\\n' || profile_id || E'\\n' || id), 16))::bit(64)::bigint AS id_hash,
        ('x' || left(md5(customer_id || E'\\n' || profile_id || E'\\n' || id || E'\\n' || coalesce(agent_user_id, '') || E'\\n'
          || coalesce(usecase_id, '') || E'\\n' || floor(extract(epoch FROM ended_at) * 1000)::bigint), 16))::bit(64)::bigint AS row_hash
      FROM unnest(:fromMs::float8[], :toMs::float8[]) AS unit (from_ms, to_ms)
      JOIN chats ON customer_id = :customerId AND profile_id = ANY (:profiles)
        AND created_at >= to_timestamp(unit.from_ms / 1000) AND created_at < to_timestamp(unit.to_ms / 1000)
        AND ${chatIsClosed}`;

/** A part of the closed chats of units, hashed exactly as `selectTruthHashes` hashes the truth. Reads the units. */
export const selectChatHashes = pgStatement({
  name: 'backfill.chat_hashes',
  text: `
    SELECT slc_at, id_hash::text AS id_hash, row_hash::text AS row_hash
    FROM (${chatHashes}
    ) AS hashes
    WHERE id_hash & :mask::bigint = :part::bigint`,
  params: ChatUnits.extend(HashPart.shape),
  row: ChatHash,
});

/** How many they are in each unit, and the sums of their hashes. */
export const selectChatDigests = pgStatement({
  name: 'backfill.chat_digests',
  text: `
    SELECT slc_at, count(*) AS conversations, sum(id_hash)::text AS ids, sum(row_hash)::text AS content
    FROM (${chatHashes}
    ) AS hashes
    GROUP BY slc_at`,
  params: ChatUnits,
  row: ChatDigest,
});

/** Where chats of these ids are, whatever their start; at most 1,000 ids, by primary key. */
export const selectChatsById = pgStatement({
  name: 'backfill.chats_by_id',
  text: `
    SELECT id, profile_id, round(extract(epoch FROM created_at) * 1000)::bigint AS created_at_ms, coalesce(${chatIsClosed}, false) AS closed
    FROM chats
    WHERE customer_id = :customerId AND profile_id = ANY (:profiles) AND id = ANY (:ids)`,
  params: z.object({ customerId: z.string(), profiles: z.array(z.string()), ids: z.array(z.string()) }),
  row: z
    .object({ id: z.string(), profile_id: z.string(), created_at_ms: z.number(), closed: z.boolean() })
    .transform((row) => ({
      id: row.id,
      profileId: row.profile_id,
      createdAtMs: row.created_at_ms,
      closed: row.closed,
    })),
});

/** Ids of the closed chats behind hashes; bounded by the range and 1,000 hashes. */
export const selectChatIds = pgStatement({
  name: 'backfill.chat_ids',
  text: `
    SELECT id, profile_id
    FROM chats
    WHERE customer_id = :customerId AND profile_id = ANY (:profiles)
      AND created_at >= to_timestamp(:fromMs::float8 / 1000) AND created_at < to_timestamp(:toMs::float8 / 1000)
      AND ('x' || left(md5(customer_id || E'\\n' || profile_id || E'\\n' || id), 16))::bit(64)::bigint = ANY (:hashes::bigint[])`,
  params: z.object({
    customerId: z.string(),
    profiles: z.array(z.string()),
    fromMs: z.number(),
    toMs: z.number(),
    hashes: z.array(z.string()),
  }),
  row: z
    .object({ id: z.string(), profile_id: z.string() })
    .transform((row) => ({ id: row.id, profileId: row.profile_id })),
});
