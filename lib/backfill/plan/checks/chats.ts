import type { z } from 'zod';
import type { Statement } from '@/lib/clickhouse/statement';
import type { Context } from '@/lib/context';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { instantsOf, scopeOfUnit } from '@/lib/customers/unit-model';
import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import type { PgStatement } from '@/lib/postgres/statement';
import { agree, count, formatNumber, listed } from '@/lib/words';
import type { UnitPlan } from '../../state/plan-model';
import { type ChatsCompared, compareHashes, samplesMax, withChats } from '../chats';
import {
  type ChatDigest,
  type ChatHash,
  type ChatUnits,
  selectChatDigests,
  selectChatHashes,
  selectChatIds,
  selectChatsById,
} from '../sql/chats';
import {
  type RepairIdentifiers,
  selectTruthDigests,
  selectTruthHashes,
  selectTruthIds,
  selectTruthStarts,
  type UnitParams,
} from '../sql/tables';
import { rangesOf, spanScope, spansOf } from '../units/spans';
import { type Check, type CheckInput, type Finding, fail, pass, repairIdentifiers, unknown } from './input';

type TruthRead<Row> = Statement<typeof UnitParams, z.ZodType<Row>, RepairIdentifiers>;
type ChatsRead<Row> = PgStatement<typeof ChatUnits, z.ZodType<Row>>;
type Gaps = { lost: string[]; unlabelled: string[]; across: string[] };

/**
 * The relabel can only bring back what `chats` has. Truth without a closed chat that carries a label would lose it:
 * fails; one without a label stays as it is: needs a confirmation. Units are compared by their sums first, and only those
 * that differ conversation by conversation.
 */
export const chatsCheck: Check = {
  id: 'chats',
  title: 'Every closed conversation has its chat',
  async look(ctx, input) {
    try {
      return await withChats(ctx, (chats) => compareDays(ctx, chats, input));
    } catch (error) {
      if (error instanceof AppError && error.code === 'unavailable')
        return unknown(
          `The labeler’s source (chats) cannot be read, so it is not known whether the relabel brings everything back. ${error.message} Look again once it answers, or confirm it.`,
          { readable: 0 },
        );
      throw error;
    }
  },
};

async function compareDays(ctx: Context, chats: Db, input: CheckInput): Promise<Finding> {
  const total = { closedTruth: 0, closedChats: 0, agree: 0, withoutChat: 0, withoutTruth: 0 };
  const gaps: Gaps = { lost: [], unlabelled: [], across: [] };
  let more = false;
  const { timeZone } = input.scope;
  const differing: UnitPlan[] = [];
  for (const span of spansOf(input.units, { timeZone, sizeMax: ctx.config.detection.chunkConversations })) {
    const { truth, rows } = await ofSpan<ChatDigest>(ctx, chats, { input, span, read: digests });
    for (const unit of input.units.filter((one) => span.includes(one.unit))) {
      const [a = none, b = none] = [truth.get(unit.unit)?.[0], rows.get(unit.unit)?.[0]];
      if (a.conversations !== b.conversations || a.ids !== b.ids || a.content !== b.content) differing.push(unit);
      else for (const key of ['closedTruth', 'closedChats', 'agree'] as const) total[key] += a.conversations;
    }
  }
  for (const span of spansOf(differing, { timeZone, sizeMax: hashesAtOnce })) {
    const { truth, rows } = await ofSpan<ChatHash>(ctx, chats, { input, span, read: hashes });
    for (const unit of span) {
      const found = compareHashes(truth.get(unit) ?? [], rows.get(unit) ?? []);
      for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += found[key];
      if (found.withoutChat + found.withoutTruth === 0) continue;
      more ||= found.withoutChat > samplesMax || found.withoutTruth > samplesMax;
      await explain(ctx, chats, { input, scope: scopeOfUnit(input.customer, unit), found, gaps });
    }
  }
  return verdictOf(total, gaps, more);
}

/** Conversations whose hashes are in memory at once, unless a unit has more. */
const hashesAtOnce = 100_000;
const none: Omit<ChatDigest, 'at'> = { conversations: 0, ids: '', content: '' };
const digests = { truth: selectTruthDigests, chats: selectChatDigests };
const hashes = { truth: selectTruthHashes, chats: selectChatHashes };

/** What is read of the units of a span, on both sides, by unit. */
async function ofSpan<Row extends { at: number }>(
  ctx: Context,
  chats: Db,
  of: { input: CheckInput; span: readonly string[]; read: { truth: TruthRead<Row>; chats: ChatsRead<Row> } },
): Promise<Record<'truth' | 'rows', Map<string, Row[]>>> {
  const { input, span, read } = of;
  const scope = spanScope(input.scope, span);
  const ranges = span.map((unit) => instantsOf(unit, scope.timeZone));
  const [truth, rows] = await Promise.all([
    ctx.clickhouse.read(read.truth, {
      params: { ...scopeParams(scope), ...rangesParams(ranges) },
      identifiers: repairIdentifiers(input.tables),
    }),
    chats.query(read.chats, {
      ...scope,
      fromMs: ranges.map(({ fromMs }) => fromMs),
      toMs: ranges.map(({ toMs }) => toMs),
    }),
  ]);
  const byUnit = (all: readonly Row[]) => {
    const found = new Map<number, Row[]>(ranges.map(({ fromMs }) => [fromMs, []]));
    for (const row of all) found.get(row.at)?.push(row);
    return new Map(span.map((unit, at) => [unit, found.get(ranges[at]?.fromMs ?? 0) ?? []]));
  };
  return { truth: byUnit(truth.rows), rows: byUnit(rows) };
}

async function explain(
  ctx: Context,
  chats: Db,
  { input, scope, found, gaps }: { input: CheckInput; scope: CheckInput['scope']; found: ChatsCompared; gaps: Gaps },
): Promise<void> {
  const identifiers = repairIdentifiers(input.tables);
  const executed = rangesOf(input.executed, scope);
  const isExecuted = (ms: number) => executed.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
  if (found.truthWithoutChat.length > 0) {
    const ids = await ctx.clickhouse.read(selectTruthIds, {
      params: { ...scopeParams(scope), hashes: found.truthWithoutChat.map(BigInt) },
      identifiers,
    });
    const elsewhere = await chats.query(selectChatsById, {
      customerId: scope.customerId,
      profiles: scope.profiles,
      ids: ids.rows.map((row) => row.conversationId),
    });
    for (const row of ids.rows) {
      const chat = elsewhere.find((other) => other.id === row.conversationId && other.profileId === row.profileId);
      if (chat?.closed && isExecuted(chat.createdAtMs)) continue;
      if (chat && !isExecuted(chat.createdAtMs)) gaps.across.push(row.conversationId);
      else if (row.labelled) gaps.lost.push(row.conversationId);
      else gaps.unlabelled.push(row.conversationId);
    }
  }
  if (found.chatsWithoutTruth.length > 0) {
    const ids = await chats.query(selectChatIds, { ...scope, hashes: found.chatsWithoutTruth });
    const starts = await ctx.clickhouse.read(selectTruthStarts, {
      params: { ...scopeParams(scope), ids: ids.map((chat) => chat.id) },
      identifiers,
    });
    gaps.across.push(...starts.rows.filter((row) => !isExecuted(row.startMs)).map((row) => row.conversationId));
  }
}

function verdictOf(
  total: { closedTruth: number; closedChats: number; agree: number; withoutChat: number; withoutTruth: number },
  gaps: Gaps,
  more: boolean,
): Finding {
  const numbers = { ...total, wouldBeLost: gaps.lost.length, across: gaps.across.length };
  const compared = `${count(total.closedChats, 'closed chat')} for ${count(total.closedTruth, 'closed conversation')}; ${formatNumber(total.agree)} agree in agent, use case and end.`;
  if (gaps.lost.length > 0 || more)
    return fail(
      `${compared} ${count(total.withoutChat, 'conversation')} ${agree(total.withoutChat, 'has', 'have')} no closed chat, so the relabel could not bring back what the delete takes: ${listed(gaps.lost)}. Bring the chats back first.`,
      numbers,
    );
  if (gaps.across.length > 0)
    return fail(
      `${compared} ${count(gaps.across.length, 'conversation')} ${agree(gaps.across.length, 'has its', 'have their')} chat on one side of the range’s edge and truth on the other: ${listed(gaps.across)}. Plan a wider range.`,
      numbers,
    );
  if (gaps.unlabelled.length > 0)
    return unknown(
      `${compared} ${count(gaps.unlabelled.length, 'conversation')} without a label ${agree(gaps.unlabelled.length, 'has', 'have')} no chat and will stay without one: ${listed(gaps.unlabelled)}. Confirm that they may.`,
      numbers,
    );
  return pass(compared, numbers);
}
