import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { connectPostgres, type Db } from '@/lib/postgres/client';

/**
 * Runs `work` on the labeler's source, read-only to the console, and closes the connection. Throws
 * AppError('unavailable') where it is not configured or does not answer.
 */
export async function withChats<T>(ctx: Pick<Context, 'config' | 'log'>, work: (chats: Db) => Promise<T>): Promise<T> {
  if (!ctx.config.chats.url) throw new AppError('unavailable', 'CHATS_DATABASE_URL is not set.');
  const chats = connectPostgres({
    url: ctx.config.chats.url,
    log: ctx.log,
    application: 'slc-chats',
    connectionsMax: 2,
  });
  try {
    return await work(chats);
  } finally {
    await chats.close().catch((error) => ctx.log.warn({ err: error }, 'the chats connection did not close'));
  }
}

export type ChatsCompared = {
  closedTruth: number;
  closedChats: number;
  agree: number;
  /** Id hashes of closed truth without a closed chat in the range, and the reverse; each at most `samplesMax`. */
  truthWithoutChat: string[];
  chatsWithoutTruth: string[];
  withoutChat: number;
  withoutTruth: number;
};

export const samplesMax = 150;

/** Compares a range's closed truth with its closed chats by hashes. Memory is that of one range's hashes. */
export function compareHashes(
  truth: readonly { id_hash: string; row_hash: string }[],
  chats: readonly { id_hash: string; row_hash: string }[],
): ChatsCompared {
  const chatIds = new Set(chats.map((chat) => chat.id_hash));
  const chatRows = new Set(chats.map((chat) => chat.row_hash));
  const truthIds = new Set(truth.map((row) => row.id_hash));
  const withoutChat = truth.filter((row) => !chatIds.has(row.id_hash));
  const withoutTruth = chats.filter((chat) => !truthIds.has(chat.id_hash));
  return {
    closedTruth: truth.length,
    closedChats: chats.length,
    agree: truth.filter((row) => chatRows.has(row.row_hash)).length,
    truthWithoutChat: withoutChat.slice(0, samplesMax).map((row) => row.id_hash),
    chatsWithoutTruth: withoutTruth.slice(0, samplesMax).map((chat) => chat.id_hash),
    withoutChat: withoutChat.length,
    withoutTruth: withoutTruth.length,
  };
}
