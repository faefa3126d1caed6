import { compareDays } from '@/lib/active-days/compare-days';
import type { CustomerTables } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { bitsOf, flagsWhere } from '@/lib/detection/flags';
import { classifyScope, type JudgedConversation } from '@/lib/detection/judge/classify-scope';
import type { DayCounts } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';
import { AppError } from '@/lib/errors';
import { labelDigest } from '@/lib/label-store/label-digest';
import { backupIdOf, backupTableOf, type Digest } from '@/lib/label-store/model';
import { withChats } from '../plan/chats';
import { repairIdentifiers } from '../plan/checks/input';
import { selectChatsById } from '../plan/sql/chats';
import { countsOfUnit } from '../state/plan-model';
import { selectChangedTruth, selectLost, selectOwnDuplicates } from './sql/verify';
import type { Drive } from './steps/drive';

/**
 * The count of a unit after its relabel, with the ids of conversations and of agents whose Active Day is not as
 * expected.
 */
export type Counted = {
  day: DayCounts;
  labels: Digest;
  faulty: { stale: string[]; duplicate: string[]; missing: string[] };
  lost: string[];
  excused: { withoutChat: string[]; changed: string[] };
  agents: number;
  agentsWrong: string[];
  /** Agents whose Active Day may differ, because a conversation is excused, settling or an orphan. */
  agentsExcused: string[];
  /** More conversations than can be named are affected. */
  more: boolean;
};

const namesMax = 2_000;
/** What a repaired day has none of. Each of these is in one of the three lists of faults. */
const faultBits = bitsOf(flagsWhere(({ isRepaired }) => isRepaired));
const duplicateBits = bitsOf(flagsWhere(({ countsAs }) => countsAs === 'duplicates'));
const missingBits = bitsOf(flagsWhere(({ countsAs }) => countsAs === 'missing'));
const staleBits = faultBits & ~duplicateBits & ~missingBits;

/** Counts a unit through the Distributed tables, for its verification. */
export async function countUnit(drive: Drive, tables: CustomerTables): Promise<Counted> {
  const { ctx, row } = drive;
  const [classified, digest, backedUp, active] = await Promise.all([
    classifyScope(ctx, row.scope, { tables, oneChunk: isSmall(drive) }),
    labelDigest(ctx, { scope: row.scope, tables }),
    lostSince(drive, tables),
    compareDays(ctx, { scope: row.scope, tables }),
  ]);
  const day = sumCounts(classified.days);
  const anyFault = day.affected - day.orphans > 0 || backedUp.length > 0;
  const { named, more } = anyFault ? await nameFaults(classified) : { named: [], more: false };
  // NOTE: it is read after the counts, so that it knows every change that they saw.
  const moved = anyFault ? await changedTruth(drive, tables) : new Set<string>();
  const changedSince = named.filter((one) => moved.has(one.conversationId));
  const still = named.filter((one) => !moved.has(one.conversationId));
  const missing = idsOf(still.filter((one) => one.flags & missingBits));
  const withoutChat = missing.length > 0 ? await withoutChatOf(drive, missing) : [];
  const duplicate = idsOf(still.filter((one) => one.flags & duplicateBits));
  const own = duplicate.length > 0 ? await ownDuplicates(drive, tables) : new Set<string>();
  const excused = { withoutChat, changed: idsOf(changedSince) };
  const lost = backedUp.filter((id) => !moved.has(id) && !withoutChat.includes(id));
  const mayDiffer = withoutChat.length + changedSince.length + day.orphans + day.settling > 0;
  return {
    day,
    labels: digest,
    faulty: {
      stale: idsOf(still.filter((one) => one.flags & staleBits)),
      duplicate: duplicate.filter((id) => own.has(id)),
      missing: missing.filter((id) => !withoutChat.includes(id)),
    },
    lost,
    excused,
    agents: active.agents.size,
    // NOTE: an agent may be a day off for a conversation that is excused, settling or an orphan; none else may.
    agentsWrong: mayDiffer ? [] : [...active.wrong],
    agentsExcused: mayDiffer ? [...active.wrong] : [],
    more,
  };
}

/** The conversations of a unit whose truth changed after its relabel began; before one, of none. */
export async function changedTruth({ ctx, row }: Drive, tables: CustomerTables): Promise<Set<string>> {
  const { rows } = await ctx.clickhouse.read(selectChangedTruth, {
    params: { ...scopeParams(row.scope), since_ms: row.relabelAtMs ?? ctx.clock.now() },
    identifiers: repairIdentifiers(tables),
  });
  return new Set(rows);
}

/** True where both sides of the unit fit into one chunk, also if they doubled since the plan. */
function isSmall({ ctx, row: { plan } }: Drive): boolean {
  const rows = Math.max(plan.labelRows, countsOfUnit(plan).conversations);
  return 2 * rows <= ctx.config.detection.chunkConversations;
}

const idsOf = (judged: JudgedConversation[]) => judged.map((one) => one.conversationId);

async function ownDuplicates({ ctx, row }: Drive, tables: CustomerTables): Promise<Set<string>> {
  const args = { params: scopeParams(row.scope), identifiers: repairIdentifiers(tables) };
  const { rows } = await ctx.clickhouse.read(selectOwnDuplicates, args);
  return new Set(rows);
}

async function nameFaults(classified: Awaited<ReturnType<typeof classifyScope>>) {
  try {
    const judged = await classified.conversations(namesMax);
    return { named: judged.filter((one) => one.class === 'affected' && (one.flags & faultBits) !== 0), more: false };
  } catch (error) {
    if (error instanceof AppError && error.code === 'limit') return { named: [], more: true };
    throw error;
  }
}

async function lostSince({ ctx, row }: Drive, tables: CustomerTables): Promise<string[]> {
  if (row.state.backupAttempt === null) return [];
  const { rows } = await ctx.clickhouse.read(selectLost, {
    params: { ...scopeParams(row.scope), backup: backupIdOf({ ...row, attempt: row.state.backupAttempt }) },
    identifiers: { ...repairIdentifiers(tables), backup: backupTableOf(tables.labels.local), cluster: tables.cluster },
  });
  return rows;
}

/** Which of these have no closed chat, so that no labeler could label them. None, where chats cannot be read. */
async function withoutChatOf({ ctx, row }: Drive, ids: string[]): Promise<string[]> {
  try {
    const chats = await withChats(ctx, (db) =>
      db.query(selectChatsById, { customerId: row.customerId, profiles: row.scope.profiles, ids: ids.slice(0, 1_000) }),
    );
    const closed = new Set(chats.filter((chat) => chat.closed).map((chat) => chat.id));
    return ids.slice(0, 1_000).filter((id) => !closed.has(id));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn({ err: error, unit: row.unit }, 'chats could not be asked for missing conversations');
    return [];
  }
}
