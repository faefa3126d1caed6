import { z } from 'zod';
import { quoteTable, type TableName } from '@/lib/clickhouse/names';
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
].map((text) => pgStatement<[]>()({ name: 'demo.create_chats', text, row: z.never() }));

/** One batch of the mirror; nine arrays are one round trip and one parse, however many rows. */
export const insertChats = pgStatement<
  [
    ids: string[],
    customers: string[],
    profiles: string[],
    agents: (string | null)[],
    useCases: string[],
    channels: string[],
    createdSeconds: number[],
    endedSeconds: (number | null)[],
    updatedSeconds: number[],
  ]
>()({
  name: 'demo.insert_chats',
  text: `
    INSERT INTO chats (id, customer_id, profile_id, agent_user_id, usecase_id, channel, created_at, ended_at, updated_at)
    SELECT id, customer_id, profile_id, agent_user_id, usecase_id, channel,
           to_timestamp(created_at), to_timestamp(ended_at), to_timestamp(updated_at)
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                $7::float8[], $8::float8[], $9::float8[])
      AS t (id, customer_id, profile_id, agent_user_id, usecase_id, channel, created_at, ended_at, updated_at)`,
  row: z.never(),
});

export const deleteChats = pgStatement<[customerId: string]>()({
  name: 'demo.delete_chats',
  text: 'DELETE FROM chats WHERE customer_id = $1',
  row: z.never(),
});

export const selectSeeded = pgStatement<[]>()({
  name: 'demo.select_seeded',
  text: 'SELECT customer_id, seed, conversations FROM demo_seeded',
  row: z
    .object({ customer_id: z.string(), seed: z.number(), conversations: z.number() })
    .transform(({ customer_id, ...row }) => ({ ...row, customerId: customer_id })),
});

export const upsertSeeded = pgStatement<[customerId: string, seed: number, conversations: number]>()({
  name: 'demo.upsert_seeded',
  text: `
    INSERT INTO demo_seeded (customer_id, seed, conversations)
    VALUES ($1, $2, $3)
    ON CONFLICT (customer_id) DO UPDATE SET seed = $2, conversations = $3, seeded_at = now()`,
  row: z.never(),
});

export const deleteSeeded = pgStatement<[customerId: string]>()({
  name: 'demo.delete_seeded',
  text: 'DELETE FROM demo_seeded WHERE customer_id = $1',
  row: z.never(),
});
