import type { z } from 'zod';
import type { Context } from '@/lib/context';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { instantsOf, scopeOfUnit } from '@/lib/customers/unit-model';
import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import { agree, count, formatNumber, listed } from '@/lib/words';
import { countsOfUnit, type UnitPlan } from '../../state/plan-model';
import { type ChatsCompared, compareHashes, samplesMax, together, withChats } from '../chats';
import {
  type ChatDigest,
  type ChatHash,
  type ChatUnits,
  selectChatDigests,
  selectChatHashes,
  selectChatIds,
  selectChatsById,
} from '../sql/chats';
import type { RepairIdentifiers, UnitParams } from '../sql/tables';
import { selectTruthDigests, selectTruthHashes, selectTruthIds, selectTruthStarts } from '../sql/truth';
import { rangesOf, spanScope, spansOf } from '../units/spans';
import { type Check, type CheckInput, type Finding, fail, pass, repairIdentifiers, unknown } from './input';

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
  for (const span of spansOf(input.units, { timeZone })) {
    const { truth, rows } = await ofSpan<ChatDigest>({ input, span }, (of) =>
      Promise.all([ctx.clickhouse.read(selectTruthDigests, of.truth), chats.query(selectChatDigests, of.chats)]),
    );
    for (const unit of input.units.filter((one) => span.includes(one.unit))) {
      const [a = none, b = none] = [truth.get(unit.unit)?.[0], rows.get(unit.unit)?.[0]];
      if (a.conversations !== b.conversations || a.ids !== b.ids || a.content !== b.content) differing.push(unit);
      else for (const key of ['closedTruth', 'closedChats', 'agree'] as const) total[key] += a.conversations;
    }
  }
  for (const span of spansOf(differing, { timeZone, sizeMax: hashesAtOnce })) {
    for (const [unit, found] of await compareSpan(ctx, chats, { input, span })) {
      for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += found[key];
      if (found.withoutChat + found.withoutTruth === 0) continue;
      more ||= found.withoutChat > samplesMax || found.withoutTruth > samplesMax;
      await explain(ctx, chats, { input, scope: scopeOfUnit(input.customer, unit), found, gaps });
    }
  }
  return verdictOf(total, gaps, more);
}

/** Conversations whose hashes are in memory at once, of both sides. */
const hashesAtOnce = 100_000;
const none: Omit<ChatDigest, 'at'> = { conversations: 0, ids: '', content: '' };

/** Compares the units of a span conversation by conversation, and one with many of them part by part. */
async function compareSpan(
  ctx: Context,
  chats: Db,
  { input, span }: { input: CheckInput; span: readonly string[] },
): Promise<Map<string, ChatsCompared>> {
  const conversations = input.units
    .filter(({ unit }) => span.includes(unit))
    .reduce((sum, unit) => sum + countsOfUnit(unit).conversations, 0);
  const parts = 2 ** Math.ceil(Math.log2(Math.max(1, conversations / hashesAtOnce)));
  const found = new Map<string, ChatsCompared>();
  for (let part = 0; part < parts; part += 1) {
    const own = { mask: parts - 1, part };
    const { truth, rows } = await ofSpan<ChatHash>({ input, span }, (of) =>
      Promise.all([
        ctx.clickhouse.read(selectTruthHashes, { ...of.truth, params: { ...of.truth.params, ...own } }),
        chats.query(selectChatHashes, { ...of.chats, ...own }),
      ]),
    );
    for (const unit of span) {
      const compared = compareHashes(truth.get(unit) ?? [], rows.get(unit) ?? []);
      const before = found.get(unit);
      found.set(unit, before ? together(before, compared) : compared);
    }
  }
  return found;
}

type SpanArguments = {
  truth: { params: z.input<typeof UnitParams>; identifiers: RepairIdentifiers };
  chats: z.input<typeof ChatUnits>;
};

/** What is read of the units of a span, on both sides, by unit. */
async function ofSpan<Row extends { at: number }>(
  { input, span }: { input: CheckInput; span: readonly string[] },
  read: (of: SpanArguments) => Promise<[{ rows: Row[] }, Row[]]>,
): Promise<Record<'truth' | 'rows', Map<string, Row[]>>> {
  const scope = spanScope(input.scope, span);
  const ranges = span.map((unit) => instantsOf(unit, scope.timeZone));
  const [truth, rows] = await read({
    truth: {
      params: { ...scopeParams(scope), ...rangesParams(ranges) },
      identifiers: repairIdentifiers(input.tables),
    },
    chats: {
      customerId: scope.customerId,
      profiles: scope.profiles,
      fromMs: ranges.map(({ fromMs }) => fromMs),
      toMs: ranges.map(({ toMs }) => toMs),
    },
  });
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
