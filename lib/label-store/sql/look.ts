import { z } from 'zod';
import { everywhere, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import type { MutationSeen } from '../health-model';
import { type MutationProgress, tagIn } from '../model';

const mutations = { database: 'system', table: 'mutations' };

/** Columns that came with later versions; what a server lacks is read as a constant. */
export const optionalColumns = ['is_killed', 'parts_in_progress_names', 'parts_postpone_reasons'] as const;
export type OptionalColumn = (typeof optionalColumns)[number];
type LookNames = { cluster: string | null; has: ReadonlySet<OptionalColumn> };

/** Which of them `system.mutations` has on this server. */
export const selectMutationColumns = statement({
  name: 'label_store.columns',
  text: `
    SELECT name
    FROM system.columns
    WHERE database = 'system'
      AND table = 'mutations'
      AND name IN ('is_killed', 'parts_in_progress_names', 'parts_postpone_reasons')`,
  row: z.object({ name: z.enum(optionalColumns) }),
});

/** Characters of a command that hold our whole tag. */
const tagLengthMost = 120;

const TagParams = z.object({ database: z.string(), table: z.string(), quoted: z.string().min(2) });

/**
 * The mutations of a table that carry a tag, one row a replica. Found by the tag in the predicate, since a mutation id
 * is not unique across shards. Reads the engine's short list of mutations.
 */
export const selectMutationProgress = statement<typeof TagParams, z.ZodType<MutationProgress>, LookNames>({
  name: 'label_store.progress',
  text: ({ cluster, has }) => `
    SELECT
      hostName() AS host,
      mutation_id,
      toUnixTimestamp(create_time) AS created_seconds,
      parts_to_do,
      is_done,
      ${has.has('is_killed') ? 'toUInt8(is_killed)' : 'toUInt8(0)'} AS killed,
      latest_fail_reason,
      substring(command, position(command, {quoted:String}), ${tagLengthMost}) AS tag
    FROM ${everywhere(cluster, mutations)}
    WHERE database = {database:String}
      AND table = {table:String}
      AND position(command, {quoted:String}) > 0
    ORDER BY host, mutation_id`,
  params: TagParams,
  row: z
    .object({
      host: z.string(),
      mutation_id: z.string(),
      created_seconds: z.coerce.number(),
      parts_to_do: z.coerce.number(),
      is_done: z.coerce.number(),
      killed: z.coerce.number(),
      latest_fail_reason: z.string(),
      tag: z.string(),
    })
    .transform((row) => ({
      host: row.host,
      mutationId: row.mutation_id,
      attempt: tagIn(row.tag)?.attempt ?? 0,
      createdAtMs: row.created_seconds * 1000,
      partsToDo: row.parts_to_do,
      isDone: row.is_done === 1,
      isKilled: row.killed === 1,
      failReason: row.latest_fail_reason,
    })),
});

const TablesParams = z.object({ databases: z.array(z.string()).min(1), tables: z.array(z.string()).min(1) });

/**
 * Everybody's unfinished mutations of tables, one row a replica, oldest first. `databases` and `tables` are pairs by
 * their place. Only the tables of these databases are looked at, however many the server has.
 */
export const selectUnfinishedMutations = statement<typeof TablesParams, z.ZodType<MutationSeen>, LookNames>({
  name: 'label_store.unfinished',
  text: ({ cluster, has }) => `
    SELECT
      database,
      table,
      hostName() AS host,
      mutation_id,
      command,
      toUnixTimestamp(create_time) AS created_seconds,
      parts_to_do,
      ${has.has('parts_in_progress_names') ? 'length(parts_in_progress_names)' : '-1'} AS parts_in_progress,
      latest_fail_reason,
      ${has.has('parts_postpone_reasons') ? "arrayStringConcat(arrayDistinct(mapValues(parts_postpone_reasons)), ' ')" : "''"} AS postpone_reason
    FROM ${everywhere(cluster, mutations)}
    WHERE database IN {databases:Array(String)}
      AND (database, table) IN (SELECT arrayJoin(arrayZip({databases:Array(String)}, {tables:Array(String)})))
      AND is_done = 0
    ORDER BY create_time, mutation_id, host`,
  params: TablesParams,
  row: z
    .object({
      database: z.string(),
      table: z.string(),
      host: z.string(),
      mutation_id: z.string(),
      command: z.string(),
      created_seconds: z.coerce.number(),
      parts_to_do: z.coerce.number(),
      parts_in_progress: z.coerce.number(),
      latest_fail_reason: z.string(),
      postpone_reason: z.string(),
    })
    .transform((row) => ({
      database: row.database,
      table: row.table,
      host: row.host,
      mutationId: row.mutation_id,
      command: row.command,
      createdAtMs: row.created_seconds * 1000,
      partsToDo: row.parts_to_do,
      partsInProgress: row.parts_in_progress < 0 ? null : row.parts_in_progress,
      failReason: row.latest_fail_reason,
      postponeReason: row.postpone_reason,
    })),
});

const OneParams = z.object({
  database: z.string(),
  table: z.string(),
  mutation: z.string().min(1),
  command_sha256: z.string().length(64),
});

/** One mutation on each replica that lists it, done or not; a replica that does not is absent. */
export const selectMutationEverywhere = statement<
  typeof OneParams,
  z.ZodType<{ host: string; isOver: boolean; isDone: boolean }>,
  LookNames
>({
  name: 'label_store.everywhere',
  text: ({ cluster, has }) => `
    SELECT
      hostName() AS host,
      is_done,
      ${has.has('is_killed') ? 'toUInt8(is_killed)' : 'toUInt8(0)'} AS killed
    FROM ${everywhere(cluster, mutations)}
    WHERE database = {database:String}
      AND table = {table:String}
      AND mutation_id = {mutation:String}
      AND lower(hex(SHA256(command))) = {command_sha256:String}
    ORDER BY host`,
  params: OneParams,
  row: z
    .object({ host: z.string(), is_done: z.coerce.number(), killed: z.coerce.number() })
    .transform((row) => ({ host: row.host, isDone: row.is_done === 1, isOver: row.is_done === 1 || row.killed === 1 })),
});

export const tableParams = ({ database, table }: TableName) => ({ database, table });
