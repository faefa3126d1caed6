import type { Context } from '@/lib/context';
import { daysBetween } from '@/lib/days';
import type { ConversationEvidence } from '@/lib/detection/model';
import { listConversations } from '@/lib/detection/view/list-conversations';
import { listDays } from '@/lib/detection/view/list-days';
import { type Origins, originsOf } from '@/lib/detection/why-model';
import { storedJson } from '@/lib/text';
import { updateWhy } from '../sql/start';
import type { Drive } from './drive';

const conversationsMost = 500;
const daysMost = 3;
const patienceMs = 10_000;

const startMs = ({ truth, labels }: ConversationEvidence): number => (truth ?? labels[0])?.startAtMs ?? 0;

/**
 * Keeps what made the labels of a run wrong, before it changes them: from at most 500 affected conversations of its first
 * three days that have some. It is for people only: within ten seconds or not at all, and a repair never fails by it.
 */
export async function recordWhy({ ctx, row, signal }: Drive): Promise<void> {
  const { fromDay, toDay, fromMs, toMs, customerId } = row.runScope;
  const bound = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  const bounded: Context = { ...ctx, clickhouse: ctx.clickhouse.within({ signal: bound }) };
  try {
    const days = await listDays(ctx, { customerId, fromDay, toDay });
    const affected = new Map(days.map((day) => [day.day, day.affected]));
    const wrong = daysBetween(fromDay, toDay).filter((day) => affected.get(day) !== 0);
    const looked: ConversationEvidence[] = [];
    let left = wrong.slice(daysMost).reduce((sum, day) => sum + (affected.get(day) ?? 0), 0);
    for (const day of wrong.slice(0, daysMost)) {
      const rowsMax = Math.max(1, conversationsMost - looked.length);
      const { rows, total } = await listConversations(bounded, { customerId, day, rowsMax });
      looked.push(...rows.filter((one) => startMs(one) >= fromMs && startMs(one) < toMs));
      left += total - rows.length;
    }
    const why: Origins = { origins: originsOf(looked), lookedAt: looked.length, total: looked.length + left };
    await ctx.db.query(updateWhy, { runId: row.runId, why: storedJson(why) });
  } catch (error) {
    if (signal.aborted) throw error;
    ctx.log.warn({ err: error, run: row.runId }, 'why the labels are wrong could not be kept');
  }
}
