import { z } from 'zod';
import { onCluster, quoteName, quoteTable, type TableName } from '@/lib/clickhouse/names';
import { type Statement, statement } from '@/lib/clickhouse/statement';
import { pgStatement } from '@/lib/postgres/statement';

const none = z.object({});
const nothing = z.never();
type Command<Params extends z.ZodType, Names> = Statement<Params, typeof nothing, Names>;

/** The four tables of a customer's database. */
export const demoTables = (database: string) => ({
  truth: { database, table: 'conversation' },
  truthDistributed: { database, table: 'conversation_d' },
  labels: { database, table: 'conversation_with_labels' },
  labelsDistributed: { database, table: 'conversation_with_labels_d' },
});

export const dropDatabase: Command<typeof none, { database: string }> = {
  name: 'demo.drop_database',
  text: ({ database }) => `DROP DATABASE IF EXISTS ${quoteName(database)} SYNC`,
  params: none,
  row: nothing,
};

export const createDatabase: Command<typeof none, { database: string }> = {
  name: 'demo.create_database',
  text: ({ database }) => `CREATE DATABASE ${quoteName(database)}`,
  params: none,
  row: nothing,
};

/** The truth as production has it: one row per conversation and version of it. */
export const createTruth: Command<typeof none, { table: TableName; cluster: string | null }> = {
  name: 'demo.create_truth',
  text: ({ table, cluster }) => `
    CREATE TABLE ${quoteTable(table)}${onCluster(cluster)} (
      customer_id String,
      profile_id String,
      conversation_id String,
      agent_user_id Nullable(String),
      usecase_id LowCardinality(String),
      channel LowCardinality(String),
      conversation_start_time DateTime64(3, 'UTC'),
      conversation_end_time DateTime64(3, 'UTC'),
      update_time DateTime64(3, 'UTC')
    )
    ENGINE = ReplacingMergeTree(update_time)
    PARTITION BY toYYYYMM(conversation_start_time)
    ORDER BY (toDate(conversation_start_time), conversation_id, customer_id, profile_id)`,
  params: none,
  row: nothing,
};

/** The three sorting keys a label table may have: today's, clickhouse-schema#172's, and option C's. */
export const labelKeys = {
  'end hour and agent': ['toStartOfHour(conversation_end_time)', 'agent_user_id'],
  'start time': ['conversation_start_time'],
  'conversation only': [],
} as const;
export type LabelKey = keyof typeof labelKeys;

/** The labels as production has them (Replicated there). */
export const createLabels: Command<typeof none, { table: TableName; key: LabelKey; cluster: string | null }> = {
  name: 'demo.create_labels',
  text: ({ table, key, cluster }) => `
    CREATE TABLE ${quoteTable(table)}${onCluster(cluster)} (
      conversation_id String,
      customer_id String,
      profile_id String,
      agent_user_id String,
      usecase_id LowCardinality(String),
      conversation_start_time DateTime64(3, 'UTC'),
      conversation_end_time DateTime64(3, 'UTC'),
      has_agent_assistance UInt8,
      update_time DateTime64(3, 'UTC')
    )
    ENGINE = ReplacingMergeTree(update_time)
    PARTITION BY toYYYYMM(conversation_start_time)
    ORDER BY (${[...labelKeys[key], 'conversation_id', 'customer_id', 'profile_id'].join(', ')})`,
  params: none,
  row: nothing,
};

export const createDistributed: Command<typeof none, { table: TableName; over: TableName; cluster: string }> = {
  name: 'demo.create_distributed',
  text: ({ table, over, cluster }) => `
    CREATE TABLE ${quoteTable(table)} AS ${quoteTable(over)}
    ENGINE = Distributed(${quoteName(cluster)}, ${quoteName(over.database)}, ${quoteName(over.table)}, cityHash64(conversation_id))`,
  params: none,
  row: nothing,
};

export const truncateTable: Command<typeof none, { table: TableName }> = {
  name: 'demo.truncate',
  text: ({ table }) => `TRUNCATE TABLE ${quoteTable(table)}`,
  params: none,
  row: nothing,
};

const Block = z.object({
  seed: z.number().int(),
  customer: z.string(),
  block: z.string(),
  total: z.number().int(),
  /** Running totals of conversations, one a day. */
  upto: z.array(z.number().int()),
  /** Each day's half-open range in ms. */
  starts: z.array(z.number().int()),
  ends: z.array(z.number().int()),
  profiles: z.array(z.string()),
  agents: z.array(z.string()),
  useCases: z.array(z.string()),
});

/**
 * Generates a block's conversations inside the engine: every value is a hash of seed, customer, block and number, so
 * that the same seed gives the same rows. All are closed. About one agent in fifty is NULL. A day's last conversation
 * starts an hour before its end at the latest.
 */
export const insertBlock: Command<typeof Block, { table: TableName }> = {
  name: 'demo.insert_block',
  text: ({ table }) => `
    INSERT INTO ${quoteTable(table)}
    WITH
      {upto:Array(UInt64)} AS upto,
      {starts:Array(Int64)} AS starts,
      {ends:Array(Int64)} AS ends,
      {profiles:Array(String)} AS profiles,
      {agents:Array(String)} AS agents,
      {useCases:Array(String)} AS use_cases,
      cityHash64({seed:UInt64}, {customer:String}, {block:String}, number) AS h,
      arrayFirstIndex(sum -> sum > number, upto) AS day,
      starts[day] + cityHash64(h, 'start') % toUInt64(ends[day] - starts[day] - 3600000) AS start_ms,
      start_ms + 45000 + cityHash64(h, 'length') % 2400000 AS end_ms,
      profiles[cityHash64(h, 'profile') % length(profiles) + 1] AS profile,
      use_cases[cityHash64(h, 'use case') % length(use_cases) + 1] AS use_case
    SELECT
      {customer:String},
      profile,
      toString(reinterpretAsUUID(sipHash128({seed:UInt64}, {customer:String}, {block:String}, number))),
      if(cityHash64(h, 'unassigned') % 50 = 0, NULL, agents[cityHash64(h, 'agent') % length(agents) + 1]),
      use_case,
      if(endsWith(use_case, 'voice'), 'voice', 'chat'),
      fromUnixTimestamp64Milli(toInt64(start_ms), 'UTC'),
      fromUnixTimestamp64Milli(toInt64(end_ms), 'UTC'),
      fromUnixTimestamp64Milli(toInt64(end_ms + cityHash64(h, 'saved') % 90000), 'UTC')
    FROM numbers({total:UInt64})`,
  params: Block,
  row: nothing,
};

const Faults = z.object({
  seed: z.number().int(),
  /** First instants of the days in ms, ascending. */
  starts: z.array(z.number().int()),
  stale: z.array(z.number().int()),
  missing: z.array(z.number().int()),
  duplicate: z.array(z.number().int()),
});

const roll = `
      arrayLastIndex(start -> start <= toUnixTimestamp64Milli(conversation_start_time), {starts:Array(Int64)}) AS day,
      cityHash64({seed:UInt64}, conversation_id, 'fault') % 1000 AS roll,
      {stale:Array(UInt32)}[day] AS stale_below,
      stale_below + {missing:Array(UInt32)}[day] AS missing_below,
      missing_below + {duplicate:Array(UInt32)}[day] AS duplicate_below`;

/** The right labels, as the cron writes them two minutes past the hour after the end; none for stale and missing. */
export const insertRightLabels: Command<typeof Faults, { truth: TableName; labels: TableName }> = {
  name: 'demo.insert_right_labels',
  text: ({ truth, labels }) => `
    INSERT INTO ${quoteTable(labels)}
    WITH ${roll}
    SELECT
      conversation_id,
      customer_id,
      profile_id,
      ifNull(agent_user_id, ''),
      usecase_id,
      conversation_start_time,
      conversation_end_time,
      ifNull(agent_user_id, '') != '',
      toDateTime64(toStartOfHour(conversation_end_time) + 3720, 3, 'UTC')
    FROM ${quoteTable(truth)}
    WHERE roll >= missing_below`,
  params: Faults,
  row: nothing,
};

/** What the cron wrote while a conversation was open: end 1970, often another agent or use case. Alone it is stale. */
export const insertStaleLabels: Command<
  z.ZodObject<typeof Faults.shape & { agents: z.ZodArray<z.ZodString>; useCases: z.ZodArray<z.ZodString> }>,
  { truth: TableName; labels: TableName }
> = {
  name: 'demo.insert_stale_labels',
  text: ({ truth, labels }) => `
    INSERT INTO ${quoteTable(labels)}
    WITH ${roll},
      {agents:Array(String)} AS agents,
      {useCases:Array(String)} AS use_cases,
      cityHash64({seed:UInt64}, conversation_id, 'before') AS h,
      if(h % 10 < 7, agents[cityHash64(h, 'agent') % length(agents) + 1], ifNull(agent_user_id, '')) AS agent_before
    SELECT
      conversation_id,
      customer_id,
      profile_id,
      agent_before,
      if(cityHash64(h, 'part') % 10 < 5, use_cases[cityHash64(h, 'use case') % length(use_cases) + 1], usecase_id),
      conversation_start_time,
      fromUnixTimestamp64Milli(0, 'UTC'),
      agent_before != '',
      toDateTime64(toStartOfHour(conversation_start_time) + 3720, 3, 'UTC')
    FROM ${quoteTable(truth)}
    WHERE roll < stale_below
      OR (roll >= missing_below AND roll < duplicate_below)`,
  params: Faults.extend({ agents: z.array(z.string()), useCases: z.array(z.string()) }),
  row: nothing,
};

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
  row: nothing,
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
