import type { Context } from '@/lib/context';
import type { Scope } from '@/lib/customers/model';
import type { ConversationEvidence } from '@/lib/detection/model';
import { listConversations } from '@/lib/detection/view/list-conversations';
import { type Origins, originsOf } from '@/lib/detection/why-model';
import { storedJson } from '@/lib/text';
import { beginWhy, selectPlannedDays, updateWhy } from '../sql/start';
import type { Drive } from './drive';

const conversationsMost = 500;
const daysMost = 3;
/** All judgements of a day are held at once, so a larger day is not read. */
const judgedMost = 50_000;
const patienceMs = 10_000;

const startMs = ({ truth, labels }: ConversationEvidence): number => (truth ?? labels[0])?.startAtMs ?? 0;

/**
 * Keeps what made the labels of a run wrong, before it changes them: from at most 500 affected conversations of its first
 * three days that have some. It is for people only: it is tried once, within ten seconds, and a repair never fails by it.
 */
export async function recordWhy({ ctx, row, signal }: Drive): Promise<void> {
  const { runId } = row;
  const bound = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  try {
    const [begun] = await ctx.db.query(beginWhy, { runId });
    if (!begun) return;
    const why = await whyOf({ ...ctx, clickhouse: ctx.clickhouse.within({ signal: bound }) }, runId, row.runScope);
    await ctx.db.query(updateWhy, { runId, why: storedJson(why) });
  } catch (error) {
    if (signal.aborted) throw error;
    ctx.log.warn({ err: error, run: runId }, 'why the labels are wrong could not be kept');
  }
}

async function whyOf(ctx: Context, runId: string, { customerId, fromMs, toMs }: Scope): Promise<Origins> {
  const days = (await ctx.db.query(selectPlannedDays, { runId })).filter(({ affected }) => affected > 0);
  const looked: ConversationEvidence[] = [];
  let left = 0;
  for (const [at, { day, affected, judged }] of days.entries()) {
    const rowsMax = conversationsMost - looked.length;
    if (at >= daysMost || rowsMax < 1 || judged > judgedMost) {
      left += affected;
      continue;
    }
    const { rows, total } = await listConversations(ctx, { customerId, day, rowsMax });
    looked.push(...rows.filter((one) => startMs(one) >= fromMs && startMs(one) < toMs));
    left += Math.max(total, affected) - rows.length;
  }
  return { origins: originsOf(looked), lookedAt: looked.length, total: looked.length + left };
}
