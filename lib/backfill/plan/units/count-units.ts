import type { Context } from '@/lib/context';
import { type CustomerTables, type Scope, scopeWithin } from '@/lib/customers/model';
import { type Day, daysBetween, isDay } from '@/lib/days';
import { classifyScope, type JudgedConversation } from '@/lib/detection/judge/classify-scope';
import type { DayResult } from '@/lib/detection/model';
import { listDays } from '@/lib/detection/view/list-days';
import { AppError } from '@/lib/errors';
import { daysMax } from '../../state/command-model';
import type { ReportPlan } from '../plan-request-model';
import { grouped, spanScope } from './spans';

/** A day on which the last scan found nothing wrong is not counted again within this. */
const scanHoldsMs = 15 * 60_000;
/** Counting so many more conversations costs less than another count. */
const gapConversationsMost = 50_000;

/**
 * What was counted of these units of the scope, day by day, each as of its `asOfMs`; days with few conversations
 * between them are counted together. With `recount` every day is counted now; without, one of several on which a scan
 * of the last minutes found nothing keeps its counts. `affectedIds` are the affected conversations of the days that
 * `wantsIds` asks for, where they can be listed.
 */
export async function countUnits(
  ctx: Context,
  of: {
    scope: Scope;
    units: readonly string[];
    tables: CustomerTables;
    recount: boolean;
    wantsIds?: (day: DayResult) => boolean;
    report?: ReportPlan;
  },
): Promise<{ counted: Map<string, DayResult[]>; affectedIds: Map<Day, string[]> }> {
  const { scope, units, tables, wantsIds, report } = of;
  const counted = new Map<string, DayResult[]>();
  const affectedIds = new Map<Day, string[]>();
  if (!of.recount && units.length > 1)
    for (const day of await listDays(ctx, scope, daysMax)) if (holds(day, ctx.clock.now())) counted.set(day.day, [day]);
  const open = units.filter((unit) => !counted.has(unit));
  let before = 0;
  report?.('counting', 0, open.length);
  const spans = [
    ...grouped(open.filter(isDay), scope.timeZone, (gap) => isSmall(gap, scope, counted)),
    ...open.filter((unit) => !isDay(unit)).map((unit) => [unit]),
  ];
  for (const span of spans) {
    const onChunk = (done: number, total: number) =>
      report?.('counting', before + Math.floor((span.length * done) / total), open.length);
    const found = await classifyScope(ctx, spanScope(scope, span), { tables, onChunk });
    const [unit] = span;
    if (unit && !isDay(unit)) counted.set(unit, found.days);
    else for (const day of found.days) counted.set(day.day, [day]);
    const wanted = wantsIds ? found.days.filter(wantsIds).map(({ day }) => day) : [];
    if (wanted.length > 0) for (const [day, ids] of await idsOf(found.conversations, wanted)) affectedIds.set(day, ids);
    before += span.length;
  }
  return { counted, affectedIds };
}

/** Whether the days between two that are counted have few conversations, by what is held of them. */
function isSmall(
  { fromMs, toMs }: Pick<Scope, 'fromMs' | 'toMs'>,
  scope: Scope,
  held: ReadonlyMap<string, DayResult[]>,
): boolean {
  if (fromMs === toMs) return true;
  const { fromDay, toDay } = scopeWithin(scope, { fromMs, toMs });
  const days = daysBetween(fromDay, toDay).flatMap((day) => held.get(day) ?? []);
  return days.reduce((sum, day) => sum + day.conversations, 0) <= gapConversationsMost;
}

/** The affected conversations of some days; none where there are too many to list. */
async function idsOf(
  conversations: () => Promise<JudgedConversation[]>,
  days: readonly Day[],
): Promise<Map<Day, string[]>> {
  try {
    const affected = (await conversations()).filter((one) => one.class === 'affected');
    return new Map(days.map((day) => [day, affected.flatMap((one) => (one.day === day ? [one.conversationId] : []))]));
  } catch (error) {
    if (error instanceof AppError && error.code === 'limit') return new Map();
    throw error;
  }
}

const holds = ({ affected, settling, atLeast, asOfMs }: DayResult, nowMs: number) =>
  affected === 0 && settling === 0 && !atLeast && nowMs - asOfMs < scanHoldsMs;
