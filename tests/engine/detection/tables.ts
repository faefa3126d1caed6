import type { ClickHouse } from '@/lib/clickhouse/client';
import type { DayCounts, DayResult } from '@/lib/detection/model';
import { freshName } from '@/tests/support/fresh';
import type { Row } from './oracle';

const instant = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

/** Writes rows as they are: without merging, and every version as its own row. */
export async function writeRows(admin: ClickHouse, database: string, side: 'truth' | 'labels', rows: readonly Row[]) {
  if (rows.length === 0) return;
  const table = side === 'truth' ? 'conversation' : 'conversation_with_labels';
  await admin.client.insert({
    table: `${database}.${table}`,
    format: 'JSONEachRow',
    clickhouse_settings: { optimize_on_insert: 0 },
    values: rows.map((row) => ({
      customer_id: row.customer,
      profile_id: row.profile,
      conversation_id: row.id,
      agent_user_id: side === 'truth' ? row.agent : (row.agent ?? ''),
      usecase_id: row.useCase,
      ...(side === 'truth' ? { channel: 'chat' } : { has_agent_assistance: 1 }),
      conversation_start_time: instant(row.startMs),
      conversation_end_time: instant(row.endMs),
      update_time: instant(row.versionMs),
    })),
  });
}

/** A new database in which every column but the id and the version, which the engine refuses, may be NULL. */
export async function nullableTables(admin: ClickHouse): Promise<string> {
  const database = freshName('nullable');
  await admin.client.command({ query: `CREATE DATABASE ${database}` });
  for (const [table, key] of [
    ['conversation', 'toDate(conversation_start_time)'],
    ['conversation_with_labels', 'toStartOfHour(conversation_end_time), agent_user_id'],
  ]) {
    await admin.client.command({
      query: `
        CREATE TABLE ${database}.${table} (
          customer_id Nullable(String), profile_id Nullable(String), conversation_id String,
          agent_user_id Nullable(String), usecase_id LowCardinality(Nullable(String)), channel Nullable(String),
          conversation_start_time Nullable(DateTime64(3, 'UTC')), conversation_end_time Nullable(DateTime64(3, 'UTC')),
          update_time DateTime('UTC'))
        ENGINE = ReplacingMergeTree(update_time)
        PARTITION BY toYYYYMM(conversation_start_time)
        ORDER BY (${key}, conversation_id, customer_id, profile_id)
        SETTINGS allow_nullable_key = 1`,
    });
    await admin.client.command({
      query: `CREATE TABLE ${database}.${table}_d AS ${database}.${table} ENGINE = Distributed('slc', '${database}', '${table}')`,
    });
  }
  return database;
}

export async function emptyTables(admin: ClickHouse, database: string) {
  for (const table of ['conversation', 'conversation_with_labels'])
    await admin.client.command({ query: `TRUNCATE TABLE ${database}.${table}` });
}

export async function mergeAll(admin: ClickHouse, database: string) {
  for (const table of ['conversation', 'conversation_with_labels'])
    await admin.client.command({ query: `OPTIMIZE TABLE ${database}.${table} FINAL` });
}

/** Only the counts of a result. */
export function countsOf(day: DayResult): DayCounts {
  const { day: _day, asOfMs: _asOf, atLeast: _atLeast, byAgent: _agents, byUseCase: _useCases, ...counts } = day;
  return counts;
}

/** By day, leaving out days on which nothing happened. */
export const countedDays = (days: readonly DayResult[]): Map<string, DayCounts> =>
  new Map(
    days
      .map((day) => [day.day, countsOf(day)] as const)
      .filter(([, counts]) => counts.conversations + counts.affected + counts.settling > 0),
  );
