import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { type Day, isDay } from '@/lib/days';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { type DayResult, sumCounts } from '@/lib/detection/model';
import { listDays } from '@/lib/detection/view/list-days';
import type { ReportPlan } from './plan-request-model';
import { spanScope, spansOf } from './spans';

/** A day on which the last scan found nothing wrong is not counted again within this. */
const scanHoldsMs = 15 * 60_000;

/**
 * The counts of these units of the scope, each as of its `asOfMs`; neighbouring days are counted together. With `recount` every
 * day is counted now; without, one of several on which a scan of the last minutes found nothing keeps its counts.
 */
export async function countDays(
  ctx: Context,
  of: { scope: Scope; days: readonly Day[]; tables: CustomerTables; recount: boolean; report?: ReportPlan },
): Promise<DayResult[]> {
  const { scope, days, tables, report } = of;
  const counted = new Map<Day, DayResult>();
  if (!of.recount && days.length > 1)
    for (const day of await listDays(ctx, scope)) if (holds(day, ctx.clock.now())) counted.set(day.day, day);
  const open = days.filter((day) => !counted.has(day));
  let before = 0;
  report?.('counting', 0, open.length);
  const spans = [
    ...spansOf(open.filter(isDay), scope.timeZone),
    ...open.filter((unit) => !isDay(unit)).map((unit) => [unit]),
  ];
  for (const span of spans) {
    const onChunk = (done: number, total: number) =>
      report?.('counting', before + Math.floor((span.length * done) / total), open.length);
    const found = await classifyScope(ctx, spanScope(scope, span), { tables, onChunk });
    const [unit] = span;
    if (unit && !isDay(unit)) counted.set(unit, sumOfUnit(unit, found.days));
    else for (const day of found.days) counted.set(day.day, day);
    before += span.length;
  }
  return days.flatMap((day) => counted.get(day) ?? []);
}

/** What was counted on the days of a unit that is no day itself. */
const sumOfUnit = (unit: string, days: readonly DayResult[]): DayResult => ({
  ...sumCounts(days),
  day: unit,
  asOfMs: Math.min(...days.map((day) => day.asOfMs)),
  atLeast: days.some((day) => day.atLeast),
  byAgent: [],
  byUseCase: [],
});

const holds = ({ affected, settling, atLeast, asOfMs }: DayResult, nowMs: number) =>
  affected === 0 && settling === 0 && !atLeast && nowMs - asOfMs < scanHoldsMs;
