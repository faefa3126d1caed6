import { z } from 'zod';
import { chatIsClosed } from '@/lib/customers/sql/ends';
import { pgStatement } from '@/lib/postgres/statement';

/** The closed chats of a range, hashed exactly as `selectTruthHashes` hashes the truth. Bounded by the range. */
export const selectChatHashes = pgStatement({
  name: 'backfill.chat_hashes',
  text: `
    SELECT
      ('x' || left(md5(customer_id || E'\\n' || profile_id || E'\\n' || id), 16))::bit(64)::bigint::text AS id_hash,
      ('x' || left(md5(customer_id || E'\\n' || profile_id || E'\\n' || id || E'\\n' || coalesce(agent_user_id, '') || E'\\n'
        || coalesce(usecase_id, '') || E'\\n' || floor(extract(epoch FROM ended_at) * 1000)::bigint), 16))::bit(64)::bigint::text AS row_hash
    FROM chats
    WHERE customer_id = :customerId AND profile_id = ANY (:profiles)
      AND created_at >= to_timestamp(:fromMs::float8 / 1000) AND created_at < to_timestamp(:toMs::float8 / 1000)
      AND ${chatIsClosed}`,
  params: z.object({ customerId: z.string(), profiles: z.array(z.string()), fromMs: z.number(), toMs: z.number() }),
  row: z.object({ id_hash: z.string(), row_hash: z.string() }),
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
