import type { ClickHouse } from '@/lib/clickhouse/client';
import type { TableName } from '@/lib/clickhouse/identifiers';
import type { ClickHouseSettings } from '@/lib/clickhouse/settings';
import { labelColumns } from '@/lib/customers/model';
import { type Chat, hasAgentAssistance } from './model';
import { countWritten } from './sql';

/** ClickHouse accepts at most 131,072 bytes in an HTTP form field. */
const idsPerCount = 1_000;

const instant = (ms: number) => new Date(ms).toISOString();

/**
 * The table, the customer and the version of the labels to write. `updatedMs` is the run's start, so that it is newer
 * than any row that it replaces.
 */
export type LabelTarget = {
  clickhouse: ClickHouse;
  labels: TableName;
  versionColumn: string;
  customerId: string;
  updatedMs: number;
  settings: ClickHouseSettings;
};

/**
 * Inserts one batch through the Distributed table and returns when every shard has it. The label of an open chat ends
 * at 1970-01-01. Writing the same chats again replaces rows of the same key and adds none. When the answer of an
 * insert was lost, the rows are counted before it is sent again.
 */
export async function writeLabels(target: LabelTarget, chats: Chat[], signal?: AbortSignal): Promise<void> {
  const updatedAt = instant(target.updatedMs);
  const values = chats.map((chat) => [
    chat.id,
    target.customerId,
    chat.profileId,
    chat.agent ?? '',
    chat.useCase,
    instant(chat.createdMs),
    instant(chat.endedMs ?? 0),
    hasAgentAssistance(chat.agent ?? ''),
    updatedAt,
  ]);
  let unclear = false;
  await target.clickhouse.again(async () => {
    if (unclear && (await areWritten(target, chats, signal))) return;
    unclear = true;
    await target.clickhouse.insert({
      name: 'labeler.insert_labels',
      table: target.labels,
      columns: labelColumns(target.versionColumn),
      signal,
      values,
      settings: { date_time_input_format: 'best_effort', distributed_foreground_insert: 1, ...target.settings },
    });
  }, signal);
}

/** Whether every chat has a label of this run. */
async function areWritten(target: LabelTarget, chats: Chat[], signal?: AbortSignal): Promise<boolean> {
  for (let at = 0; at < chats.length; at += idsPerCount) {
    const ids = chats.slice(at, at + idsPerCount).map((chat) => chat.id);
    const { written } = await target.clickhouse.readOne(countWritten, {
      params: { customer: target.customerId, ids, since: Math.floor(target.updatedMs / 1000) },
      identifiers: target,
      signal,
    });
    if (written < ids.length) return false;
  }
  return true;
}
