import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { connectPostgres, type Db } from '@/lib/postgres/client';
import type { ChatHash } from './sql/chats';

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

/** Compares closed truth of a range with its closed chats by hashes: all of both, or the same part of both. */
export function compareHashes(
  truth: readonly Pick<ChatHash, 'idHash' | 'rowHash'>[],
  chats: readonly Pick<ChatHash, 'idHash' | 'rowHash'>[],
): ChatsCompared {
  const chatIds = new Set(chats.map((chat) => chat.idHash));
  const chatRows = new Set(chats.map((chat) => chat.rowHash));
  const truthIds = new Set(truth.map((row) => row.idHash));
  const withoutChat = truth.filter((row) => !chatIds.has(row.idHash));
  const withoutTruth = chats.filter((chat) => !truthIds.has(chat.idHash));
  return {
    closedTruth: truth.length,
    closedChats: chats.length,
    agree: truth.filter((row) => chatRows.has(row.rowHash)).length,
    truthWithoutChat: withoutChat.slice(0, samplesMax).map((row) => row.idHash),
    chatsWithoutTruth: withoutTruth.slice(0, samplesMax).map((chat) => chat.idHash),
    withoutChat: withoutChat.length,
    withoutTruth: withoutTruth.length,
  };
}

/** What two parts of a range come to, of which no conversation is in both. */
export const together = (one: ChatsCompared, other: ChatsCompared): ChatsCompared => ({
  closedTruth: one.closedTruth + other.closedTruth,
  closedChats: one.closedChats + other.closedChats,
  agree: one.agree + other.agree,
  truthWithoutChat: [...one.truthWithoutChat, ...other.truthWithoutChat].slice(0, samplesMax),
  chatsWithoutTruth: [...one.chatsWithoutTruth, ...other.chatsWithoutTruth].slice(0, samplesMax),
  withoutChat: one.withoutChat + other.withoutChat,
  withoutTruth: one.withoutTruth + other.withoutTruth,
});
