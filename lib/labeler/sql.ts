import { z } from 'zod';
import { onCluster, quoteName, quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import { chatIsClosed, endMsOf } from '@/lib/customers/sql/ends';
import { inScope, ScopeParams } from '@/lib/customers/sql/scope';
import { pgStatement } from '@/lib/postgres/statement';
import type { Chat } from './model';

const ChatRow = z
  .object({
    id: z.string(),
    profile_id: z.string(),
    agent_user_id: z.string().nullable(),
    usecase_id: z.string(),
    created_ms: z.number(),
    ended_ms: z.number().nullable(),
  })
  .transform(
    (row): Chat => ({
      id: row.id,
      profileId: row.profile_id,
      agent: row.agent_user_id,
      useCase: row.usecase_id,
      createdMs: row.created_ms,
      endedMs: row.ended_ms,
    }),
  );

const Range = z.object({ customerId: z.string(), fromMs: z.number(), toMs: z.number(), endInclusive: z.boolean() });

const columns = `
    SELECT id, profile_id, agent_user_id, coalesce(usecase_id, '') AS usecase_id,
           floor(extract(epoch FROM created_at) * 1000)::bigint AS created_ms,
           CASE WHEN ${chatIsClosed} THEN floor(extract(epoch FROM ended_at) * 1000)::bigint END AS ended_ms
    FROM chats`;

/**
 * Closed chats that were created in a range. Uses the index on (customer_id, created_at) and is read through a
 * cursor.
 */
export const selectClosedByCreated = pgStatement({
  name: 'labeler.select_closed_by_created',
  text: `${columns}
    WHERE customer_id = :customerId
      AND created_at >= to_timestamp(:fromMs::float8 / 1000)
      AND (created_at < to_timestamp(:toMs::float8 / 1000)
           OR (:endInclusive::boolean AND created_at = to_timestamp(:toMs::float8 / 1000)))
      AND ${chatIsClosed}`,
  params: Range,
  row: ChatRow,
});

/** Chats that ended in a range. */
export const selectClosedByEnded = pgStatement({
  name: 'labeler.select_closed_by_ended',
  text: `${columns}
    WHERE customer_id = :customerId
      AND ended_at >= to_timestamp(:fromMs::float8 / 1000)
      AND (ended_at < to_timestamp(:toMs::float8 / 1000)
           OR (:endInclusive::boolean AND ended_at = to_timestamp(:toMs::float8 / 1000)))
      AND ${chatIsClosed}`,
  params: Range,
  row: ChatRow,
});

/** Chats that were created in a range, open ones too. Labelling open chats is what makes labels stale. */
export const selectAllByCreated = pgStatement({
  name: 'labeler.select_all_by_created',
  text: `${columns}
    WHERE customer_id = :customerId
      AND created_at >= to_timestamp(:fromMs::float8 / 1000)
      AND (created_at < to_timestamp(:toMs::float8 / 1000)
           OR (:endInclusive::boolean AND created_at = to_timestamp(:toMs::float8 / 1000)))`,
  params: Range,
  row: ChatRow,
});

/** Open chats of a range. A run with a range does not label them and reports their number. */
export const countOpenByCreated = pgStatement({
  name: 'labeler.count_open_by_created',
  text: `
    SELECT count(*) AS open
    FROM chats
    WHERE customer_id = :customerId
      AND created_at >= to_timestamp(:fromMs::float8 / 1000)
      AND (created_at < to_timestamp(:toMs::float8 / 1000)
           OR (:endInclusive::boolean AND created_at = to_timestamp(:toMs::float8 / 1000)))
      AND (${chatIsClosed}) IS NOT TRUE`,
  params: Range,
  row: z.object({ open: z.number() }),
});

const CustomerParam = z.object({ customer: z.string() });

/**
 * Where the last run ended: the newest label; 0 when there is none. The label of an open chat has no end. Reads two
 * columns of the customer's labels.
 */
export const selectNewestLabel = statement<
  typeof CustomerParam,
  z.ZodType<{ startMs: number; endMs: number }>,
  { labels: TableName; endType: string }
>({
  name: 'labeler.select_newest_label',
  text: ({ labels, endType }) => `
    SELECT
      toInt64(toUnixTimestamp64Milli(toDateTime64(max(conversation_start_time), 3, 'UTC'))) AS start_ms,
      max(${endMsOf(endType)}) AS end_ms
    FROM ${quoteTable(labels)}
    WHERE customer_id = {customer:String}`,
  params: CustomerParam,
  row: z
    .object({ start_ms: z.coerce.number(), end_ms: z.coerce.number() })
    .transform((row) => ({ startMs: row.start_ms, endMs: row.end_ms })),
});

/** Whether this server has the only setting that lets an equal block in: docs/clickhouse-facts.md#repeated-inserts. */
export const selectKnowsDeduplicateInsert = statement({
  name: 'labeler.knows_deduplicate_insert',
  text: `
    SELECT count() AS known
    FROM system.settings
    WHERE name = 'deduplicate_insert'`,
  row: z.object({ known: z.coerce.number() }),
});

const DeleteParams = ScopeParams.extend({ ids: z.array(z.string()) });

/**
 * Delete before write, for the unattended variants that revisit: by identity and the start range of the ids,
 * so that only the parts of those partitions are touched. Bounded by the batch of ids.
 */
export const deleteLabels = statement<typeof DeleteParams, z.ZodNever, { labels: TableName; cluster: string | null }>({
  name: 'labeler.delete_labels',
  text: ({ labels, cluster }) => `
    ALTER TABLE ${quoteTable(labels)}${onCluster(cluster)}
    DELETE WHERE ${inScope}
      AND conversation_id IN {ids:Array(String)}`,
  params: DeleteParams,
  row: z.never(),
});

const WrittenParams = z.object({ customer: z.string(), ids: z.array(z.string()), since: z.number().int() });

/** How many of these conversations have a label that was written since a given second. Bounded by the ids. */
export const countWritten = statement<
  typeof WrittenParams,
  z.ZodType<{ written: number }>,
  { labels: TableName; versionColumn: string }
>({
  name: 'labeler.count_written',
  text: ({ labels, versionColumn }) => `
    SELECT uniqExact(conversation_id) AS written
    FROM ${quoteTable(labels)}
    WHERE customer_id = {customer:String}
      AND conversation_id IN {ids:Array(String)}
      AND toUnixTimestamp(${quoteName(versionColumn)}) >= {since:Int64}`,
  params: WrittenParams,
  row: z.object({ written: z.coerce.number() }),
});
