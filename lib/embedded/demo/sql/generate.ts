import { z } from 'zod';
import { quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import type { Statement } from '@/lib/clickhouse/statement';

const nothing = z.never();
type Command<Params extends z.ZodType, Identifiers> = Statement<Params, typeof nothing, Identifiers>;

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

/**
 * What the cron wrote while a conversation was open: end 1970, often another agent or use case. Without a later label
 * it is stale.
 */
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
