import type { ClickHouse } from '@/lib/clickhouse/client';
import type { TableName } from '@/lib/clickhouse/identifiers';
import type { Postgres } from '@/lib/postgres/client';
import { deleteChats, insertChats, selectNewestTruth } from './sql/chats';

type ChatRow = [
  id: string,
  customer: string,
  profile: string,
  agent: string | null,
  useCase: string,
  channel: string,
  createdSeconds: number,
  endedSeconds: number,
  updatedSeconds: number,
];

const batchRows = 20_000;

/**
 * Makes `chats` of a customer agree with its truth, row for row; an end of 1970 becomes NULL. Returns the rows
 * written. Reads as a stream and writes in batches: memory does not grow with the table.
 */
export async function mirrorChats(options: {
  clickhouse: ClickHouse;
  chats: Postgres;
  customerId: string;
  truth: TableName;
}): Promise<number> {
  const { clickhouse, chats, customerId, truth } = options;
  await chats.query(deleteChats, { customerId });
  const result = await clickhouse.client.query({
    query: selectNewestTruth.text({ truth }),
    format: 'JSONCompactEachRow',
    clickhouse_settings: { max_execution_time: 3_600, log_comment: `slc:${selectNewestTruth.name}` },
  });
  let batch: ChatRow[] = [];
  let written = 0;
  for await (const rows of result.stream<ChatRow>()) {
    for (const row of rows) batch.push(row.json());
    if (batch.length < batchRows) continue;
    written += await writeBatch(chats, batch);
    batch = [];
  }
  return written + (await writeBatch(chats, batch));
}

async function writeBatch(chats: Postgres, rows: ChatRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  await chats.query(insertChats, {
    ids: rows.map((row) => row[0]),
    customers: rows.map((row) => row[1]),
    profiles: rows.map((row) => row[2]),
    agents: rows.map((row) => row[3]),
    useCases: rows.map((row) => row[4]),
    channels: rows.map((row) => row[5]),
    createdSeconds: rows.map((row) => row[6]),
    endedSeconds: rows.map((row) => row[7] || null),
    updatedSeconds: rows.map((row) => row[8]),
  });
  return rows.length;
}
