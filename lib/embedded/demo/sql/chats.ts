import { z } from 'zod';
import { quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { pgStatement } from '@/lib/postgres/statement';

const none = z.object({});

/** Every conversation as it is now, for the mirror in Postgres; streamed, so its memory is one block. */
export const selectNewestTruth = statement<typeof none, z.ZodNever, { truth: TableName }>({
  name: 'demo.select_newest_truth',
  text: ({ truth }) => `
    SELECT
      conversation_id,
      customer_id,
      profile_id,
      agent_user_id,
      usecase_id,
      channel,
      toUnixTimestamp64Milli(conversation_start_time) / 1000,
      toUnixTimestamp64Milli(conversation_end_time) / 1000,
      toUnixTimestamp64Milli(update_time) / 1000
    FROM ${quoteTable(truth)} FINAL`,
  params: none,
  row: z.never(),
});

/** `chats` and its indexes, and which customers were seeded whole. Each is run by itself. */
export const createChats = [
  `
    CREATE TABLE IF NOT EXISTS chats (
      id            text NOT NULL,
      customer_id   text NOT NULL,
      profile_id    text NOT NULL,
      agent_user_id text,
      usecase_id    text NOT NULL,
      channel       text NOT NULL,
      created_at    timestamptz NOT NULL,
      ended_at      timestamptz,
      updated_at    timestamptz NOT NULL,
      PRIMARY KEY (customer_id, profile_id, id)
    )`,
  'CREATE INDEX IF NOT EXISTS chats_created ON chats (customer_id, created_at)',
  'CREATE INDEX IF NOT EXISTS chats_ended ON chats (customer_id, ended_at)',
  `
    CREATE TABLE IF NOT EXISTS demo_seeded (
      customer_id   text PRIMARY KEY,
      seed          bigint NOT NULL,
      conversations bigint NOT NULL,
      seeded_at     timestamptz NOT NULL DEFAULT now()
    )`,
].map((text) => pgStatement({ name: 'demo.create_chats', text, row: z.never() }));

/** One batch of the mirror; nine arrays are one round trip and one parse, however many rows. */
export const insertChats = pgStatement({
  name: 'demo.insert_chats',
  text: `
    INSERT INTO chats (id, customer_id, profile_id, agent_user_id, usecase_id, channel, created_at, ended_at, updated_at)
    SELECT id, customer_id, profile_id, agent_user_id, usecase_id, channel,
           to_timestamp(created_at), to_timestamp(ended_at), to_timestamp(updated_at)
    FROM unnest(:ids::text[], :customers::text[], :profiles::text[], :agents::text[], :useCases::text[], :channels::text[],
                :createdSeconds::float8[], :endedSeconds::float8[], :updatedSeconds::float8[])
      AS t (id, customer_id, profile_id, agent_user_id, usecase_id, channel, created_at, ended_at, updated_at)`,
  params: z.object({
    ids: z.array(z.string()),
    customers: z.array(z.string()),
    profiles: z.array(z.string()),
    agents: z.array(z.string().nullable()),
    useCases: z.array(z.string()),
    channels: z.array(z.string()),
    createdSeconds: z.array(z.number()),
    endedSeconds: z.array(z.number().nullable()),
    updatedSeconds: z.array(z.number()),
  }),
  row: z.never(),
});

export const deleteChats = pgStatement({
  name: 'demo.delete_chats',
  text: 'DELETE FROM chats WHERE customer_id = :customerId',
  params: z.object({ customerId: z.string() }),
  row: z.never(),
});

export const selectSeeded = pgStatement({
  name: 'demo.select_seeded',
  text: 'SELECT customer_id, seed, conversations FROM demo_seeded',
  row: z
    .object({ customer_id: z.string(), seed: z.number(), conversations: z.number() })
    .transform(({ customer_id, ...row }) => ({ ...row, customerId: customer_id })),
});

export const upsertSeeded = pgStatement({
  name: 'demo.upsert_seeded',
  text: `
    INSERT INTO demo_seeded (customer_id, seed, conversations)
    VALUES (:customerId, :seed, :conversations)
    ON CONFLICT (customer_id) DO UPDATE SET seed = :seed, conversations = :conversations, seeded_at = now()`,
  params: z.object({ customerId: z.string(), seed: z.number(), conversations: z.number() }),
  row: z.never(),
});

export const deleteSeeded = pgStatement({
  name: 'demo.delete_seeded',
  text: 'DELETE FROM demo_seeded WHERE customer_id = :customerId',
  params: z.object({ customerId: z.string() }),
  row: z.never(),
});
