import type { Context } from '@/lib/context';
import { type CustomerTables, type Scope, scopeWithin } from '@/lib/customers/model';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { addDays, type Day, dayStartMs } from '@/lib/days';
import type { DayResult } from '@/lib/detection/model';
import { count } from '@/lib/words';
import { type UnitChoice, unitChoices } from '../../state/choice-model';
import { repairIdentifiers } from '../checks/input';
import { countCrossingInside, selectLabelDays, selectStartsOf } from '../sql/tables';
import { countUnits } from './count-units';
import { isLarge, partitionOfPart, type UnitDay, unitsOf } from './join-days';
import { type CountedUnit, dayPlan, partSizes } from './read-units';

const hourMs = 3_600_000;
/** Affected conversations of a large day whose hours are looked for: their ids are one parameter. */
const idsMost = 2_500;
/** A unit of hours is worth it where it leaves out at least this share of the day. */
const shareMost = 0.75;

/** What a choice of units comes to, before a strategy: units, parts and bytes, a part once for each unit in it. */
export type ChoiceFacts = { choice: UnitChoice; units: CountedUnit[]; parts: number; bytes: number };

/**
 * The days that a repair works on, put together into units by each choice, and those that it leaves as they are with the
 * reason. `affectedIds` are those of the large days whose hours may be looked for.
 */
export async function chooseUnits(
  ctx: Context,
  of: {
    scope: Scope;
    tables: CustomerTables;
    results: readonly DayResult[];
    affectedIds: ReadonlyMap<Day, string[]>;
    onlyAffected: boolean;
  },
): Promise<{ skipped: (CountedUnit & { skip: string })[]; choices: ChoiceFacts[] }> {
  const { scope, tables, results, onlyAffected } = of;
  const { rows } = await ctx.clickhouse.read(selectLabelDays, {
    params: scopeParams(scope),
    identifiers: repairIdentifiers(tables),
  });
  const labelsOf = new Map(rows.map((row) => [row.day, row]));
  const skipOf = (result: DayResult) =>
    skipReason(result, labelsOf.get(result.day)?.labelRows ?? 0, { onlyAffected, nowMs: ctx.clock.now() });
  const days: UnitDay[] = [];
  for (const result of results.filter((one) => skipOf(one) === null)) {
    const { labelRows = 0, parts = [] } = labelsOf.get(result.day) ?? {};
    const day = {
      day: result.day,
      rows: Math.max(labelRows, result.conversations),
      partitions: [...new Set(parts.map(partitionOfPart))],
    };
    const ids = isLarge(day, ctx.config.backfill.unitRows) ? of.affectedIds.get(result.day) : undefined;
    days.push({ ...day, hours: ids ? await hoursOf(ctx, { scope, tables, day: result.day, ids }) : null });
  }
  const counted = new Map(results.map((result) => [result.day, result]));
  const sizes = await partSizes(ctx, tables);
  const choices: ChoiceFacts[] = [];
  for (const choice of unitChoices) {
    const groups = unitsOf(days, { choice, rowsMax: ctx.config.backfill.unitRows, timeZone: scope.timeZone });
    const touched = groups.map((group) => [...new Set(group.days.flatMap((day) => labelsOf.get(day)?.parts ?? []))]);
    choices.push({
      choice,
      units: groups.map(({ unit, days: own }) => ({
        unit,
        days: own.flatMap((day) => counted.get(day) ?? []).map(dayPlan),
      })),
      parts: touched.reduce((sum, parts) => sum + parts.length, 0),
      bytes: touched.flat().reduce((sum, part) => sum + (sizes.get(part) ?? 0), 0),
    });
  }
  return {
    skipped: results.flatMap((result) => {
      const skip = skipOf(result);
      return skip === null ? [] : [{ unit: result.day, days: [dayPlan(result)], skip }];
    }),
    choices,
  };
}

/** A unit of hours is counted by itself, since the day that it is of has other conversations too; others as they are. */
export async function countHours(
  ctx: Context,
  { scope, tables, units }: { scope: Scope; tables: CustomerTables; units: readonly CountedUnit[] },
): Promise<CountedUnit[]> {
  const ofHours = units.filter(({ unit, days }) => days.length === 1 && unit !== days[0]?.day).map(({ unit }) => unit);
  if (ofHours.length === 0) return [...units];
  const { counted } = await countUnits(ctx, { scope, units: ofHours, tables, recount: true });
  return units.map(({ unit, days }) => ({ unit, days: counted.get(unit)?.map(dayPlan) ?? days }));
}

/**
 * The whole hours of a day between which these conversations start, on either side; null where they are most of the day,
 * or where a conversation lies across their edge.
 */
async function hoursOf(
  ctx: Context,
  of: { scope: Scope; tables: CustomerTables; day: Day; ids: readonly string[] },
): Promise<UnitDay['hours']> {
  const { scope, tables, day, ids } = of;
  if (ids.length === 0 || ids.length > idsMost) return null;
  const own = scopeWithin(scope, {
    fromMs: dayStartMs(day, scope.timeZone),
    toMs: dayStartMs(addDays(day, 1), scope.timeZone),
  });
  const identifiers = repairIdentifiers(tables);
  const { firstMs, lastMs } = await ctx.clickhouse.readOne(selectStartsOf, {
    params: { ...scopeParams(own), ids: [...ids] },
    identifiers,
  });
  const hours = {
    fromMs: own.fromMs + Math.floor((firstMs - own.fromMs) / hourMs) * hourMs,
    toMs: Math.min(own.toMs, own.fromMs + (Math.floor((lastMs - own.fromMs) / hourMs) + 1) * hourMs),
  };
  if (firstMs < own.fromMs || hours.toMs - hours.fromMs > shareMost * (own.toMs - own.fromMs)) return null;
  const { crossing } = await ctx.clickhouse.readOne(countCrossingInside, {
    params: { ...scopeParams(own), ...rangesParams([hours]) },
    identifiers,
  });
  return crossing === 0 ? hours : null;
}

/** A day may hold only labels, of conversations whose truth starts on another day. Such a day is not empty. */
function skipReason(
  result: DayResult,
  labelRows: number,
  { onlyAffected, nowMs }: { onlyAffected: boolean; nowMs: number },
): string | null {
  if (result.conversations === 0 && result.orphans === 0 && labelRows === 0) return 'The day has no conversations.';
  if (!onlyAffected || result.affected > 0) return null;
  const minutes = Math.floor((nowMs - result.asOfMs) / 60_000);
  if (minutes < 1) return 'No conversation of the day is affected.';
  return `No conversation of the day was affected when it was last counted, ${count(minutes, 'minute')} ago.`;
}
