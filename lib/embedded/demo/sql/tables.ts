import { z } from 'zod';
import { onCluster, quoteName, quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import type { Statement } from '@/lib/clickhouse/statement';

const none = z.object({});
const nothing = z.never();
type Command<Params extends z.ZodType, Identifiers> = Statement<Params, typeof nothing, Identifiers>;

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
