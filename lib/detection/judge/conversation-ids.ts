import type { DetectionSession } from './session';
import type { DetectionColumns } from './sql/columns';
import { selectConversationIds } from './sql/evidence';
import { packHashes } from './sql/packed';
import type { ReadScope } from './sql/read';

/**
 * The conversation ids that have these hashes, from both tables within the range. Where two ids have the same hash, it
 * returns both. Reads one column of each table for every 10,000 hashes.
 */
export async function conversationIds(
  session: DetectionSession,
  { columns, read }: { columns: DetectionColumns; read: ReadScope },
  hashes: readonly bigint[],
): Promise<Map<bigint, string[]>> {
  const found = new Map<bigint, string[]>();
  for (const packed of packHashes(new Set(hashes)))
    for (const row of await session.read(selectConversationIds, { ...read, hashes: packed }, columns))
      found.set(row.hash, [...(found.get(row.hash) ?? []), row.conversationId]);
  return found;
}
