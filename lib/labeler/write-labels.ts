import type { ClickHouse, ClickHouseSettings } from '@/lib/clickhouse/client';
import type { TableName } from '@/lib/clickhouse/names';
import { labelColumns } from '@/lib/customers/model';
import { type Chat, hasAgentAssistance } from './model';

const instant = (ms: number) => new Date(ms).toISOString();

/** Where and as what labels are written. `updatedMs` is the run's start: newer than any row it replaces. */
export type LabelTarget = {
  clickhouse: ClickHouse;
  labels: TableName;
  versionColumn: string;
  customerId: string;
  updatedMs: number;
  settings: ClickHouseSettings;
};

/**
 * Inserts one batch through the Distributed table and returns when every shard has it. An open chat's label ends at
 * 1970-01-01. Writing the same chats again replaces rows of the same key and adds none.
 */
export async function writeLabels(target: LabelTarget, chats: Chat[], signal?: AbortSignal): Promise<void> {
  const updatedAt = instant(target.updatedMs);
  await target.clickhouse.insert({
    name: 'labeler.insert_labels',
    table: target.labels,
    columns: labelColumns(target.versionColumn),
    signal,
    values: chats.map((chat) => [
      chat.id,
      target.customerId,
      chat.profileId,
      chat.agent ?? '',
      chat.useCase,
      instant(chat.createdMs),
      instant(chat.endedMs ?? 0),
      hasAgentAssistance(chat.agent ?? ''),
      updatedAt,
    ]),
    settings: { date_time_input_format: 'best_effort', distributed_foreground_insert: 1, ...target.settings },
  });
}
