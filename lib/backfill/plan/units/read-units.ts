import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { instantsOf } from '@/lib/customers/unit-model';
import type { DayResult } from '@/lib/detection/model';
import { labelDigestsByUnit } from '@/lib/label-store/label-digest';
import { type Digest, noRows } from '@/lib/label-store/model';
import { wrongRowsByUnit } from '@/lib/label-store/wrong-rows';
import type { Strategy } from '../../state/name-model';
import { countsOfUnit, type UnitDayPlan, type UnitPlan } from '../../state/plan-model';
import { strategies } from '../../state/strategies';
import { isRelabelling } from '../../state/ways';
import { repairIdentifiers } from '../checks/input';
import type { ReportPlan } from '../plan-request-model';
import { selectPartBytes, tableParams } from '../sql/system';
import { selectOpenLabels, selectUnitParts } from '../sql/tables';
import { spanScope, spansOf } from './spans';

/** A unit and what was counted of it, before its labels are read. */
export type CountedUnit = { unit: string; days: UnitDayPlan[] };

/** What a plan keeps of the counts of a day. */
export const dayPlan = ({ day, asOfMs, ...result }: DayResult): UnitDayPlan => ({
  day,
  countedAtMs: asOfMs,
  counts: {
    conversations: result.conversations,
    affected: result.affected,
    stale: result.stale,
    duplicates: result.duplicates,
    missing: result.missing,
    orphans: result.orphans,
    open: result.open,
    settling: result.settling,
    flags: result.flags,
  },
});

/** What is read of the labels of a unit. `parts` are the sizes in bytes of the parts that hold its rows. */
export type UnitLabels = { digest: Digest; open: number; wrong: number; parts: number[] };

/**
 * What the label table holds of each unit of a scope, as the unit's own scope has it: in four or five reads for each span
 * of units, one span after the other, so that the engine's memory depends on the conversations of a span and not on the
 * range.
 */
export async function readUnits(
  ctx: Context,
  of: {
    scope: Scope;
    tables: CustomerTables;
    units: readonly CountedUnit[];
    report?: ReportPlan;
    /** False where nobody asks for the wrong rows, which are found by reading the truth beside the labels. */
    countsWrong?: boolean;
  },
): Promise<Map<string, UnitLabels>> {
  const { scope, tables, units, report, countsWrong = true } = of;
  const read = new Map<string, UnitLabels>();
  const sizes = partSizes(ctx, tables);
  sizes.catch(() => undefined);
  const { timeZone } = scope;
  for (const span of spansOf(units, { timeZone })) {
    report?.('reading', read.size, units.length);
    const own = { tables, scope: spanScope(scope, span), units: span, sizes, countsWrong };
    for (const [unit, found] of await readSpan(ctx, own)) read.set(unit, found);
  }
  return read;
}

async function readSpan(
  ctx: Context,
  of: {
    scope: Scope;
    tables: CustomerTables;
    units: readonly string[];
    sizes: Promise<ReadonlyMap<string, number>>;
    countsWrong: boolean;
  },
): Promise<Map<string, UnitLabels>> {
  const { scope, tables, units } = of;
  const ranges = units.map((unit) => instantsOf(unit, scope.timeZone));
  const args = {
    params: { ...scopeParams(scope), ...rangesParams(ranges) },
    identifiers: repairIdentifiers(tables),
  };
  const [sizes, digests, open, unitParts, wrong] = await Promise.all([
    of.sizes,
    labelDigestsByUnit(ctx, of),
    ctx.clickhouse.read(selectOpenLabels, args),
    ctx.clickhouse.read(selectUnitParts, args),
    of.countsWrong && tables.labels.keyIsMutable ? wrongRowsByUnit(ctx, of) : new Map<string, number>(),
  ]);
  const openBy = new Map(open.rows.map((row) => [row.at, row.conversations]));
  const partsBy = new Map(unitParts.rows.map((row) => [row.at, row.parts]));
  return new Map(
    units.map((unit, at) => {
      const { fromMs = 0 } = ranges[at] ?? {};
      return [
        unit,
        {
          digest: digests.get(unit) ?? noRows,
          open: openBy.get(fromMs) ?? 0,
          wrong: wrong.get(unit) ?? 0,
          parts: (partsBy.get(fromMs) ?? []).map((part) => sizes.get(part) ?? 0),
        },
      ];
    }),
  );
}

/** Bytes of the label table's parts by name. */
export async function partSizes(ctx: Context, tables: CustomerTables): Promise<Map<string, number>> {
  const { rows } = await ctx.clickhouse.read(selectPartBytes, {
    params: tableParams(tables.labels.local),
    identifiers: { cluster: tables.readCluster },
  });
  return new Map(rows.map((row) => [row.name, row.bytes]));
}

/** What a run would do to a unit under a strategy. */
export function planOfUnit({ unit, days }: CountedUnit, labels: UnitLabels | undefined, strategy: Strategy): UnitPlan {
  const { digest, open, wrong, parts } = labels ?? { digest: noRows, open: 0, wrong: 0, parts: [] };
  const counts = countsOfUnit({ days });
  const deletes = strategies[strategy].deletes;
  const replaces = deletes === 'every row' && isRelabelling(strategy);
  const rowsToDelete = deletes === 'every row' ? digest.rows : deletes === 'wrong rows' ? wrong : 0;
  const touched = rowsToDelete > 0 ? parts : [];
  return {
    unit,
    days,
    skip: null,
    labelRows: digest.rows,
    labelHash: digest.hash,
    rowsToDelete,
    conversationsToRelabel: isRelabelling(strategy) ? counts.conversations - counts.open : 0,
    conversationsThatChange: counts.affected - counts.orphans,
    orphansThatGo: replaces ? counts.orphans : 0,
    openThatLoseLabel: replaces ? open : 0,
    partsTouched: touched.length,
    bytesTouched: touched.reduce((sum, bytes) => sum + bytes, 0),
    undo: null,
  };
}

/** A unit that is left as it is, and why. */
export const skippedUnit = ({ unit, days }: CountedUnit, skip: string): UnitPlan => ({
  ...planOfUnit({ unit, days }, undefined, 'relabel-only'),
  skip,
  conversationsToRelabel: 0,
  conversationsThatChange: 0,
});
