import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { edgesOf } from '@/lib/customers/unit-model';
import type { DayCounts, DayResult } from '@/lib/detection/model';
import { labelDigestsByUnit } from '@/lib/label-store/label-digest';
import { type Digest, noRows } from '@/lib/label-store/model';
import { wrongRowsByUnit } from '@/lib/label-store/wrong-rows';
import { count } from '@/lib/words';
import type { DayPlan } from '../state/plan-model';
import { isRelabelling, type Strategy, strategies } from '../state/strategies';
import { repairIdentifiers } from './checks/input';
import type { ReportPlan } from './plan-request-model';
import { spanScope, spansOf } from './spans';
import { selectPartBytes, tableParams } from './sql/system';
import { selectOpenLabels, selectUnitParts } from './sql/tables';

/**
 * What a run would do to each unit of the scope, from what the classification found. Units that need nothing are not read
 * again. The others take four or five reads for each span, one span after the other, so that the engine's memory depends
 * on the conversations of a span and not on the range.
 */
export async function planDays(
  ctx: Context,
  input: {
    scope: Scope;
    tables: CustomerTables;
    strategy: Strategy;
    results: DayResult[];
    onlyAffected: boolean;
    report?: ReportPlan;
  },
): Promise<DayPlan[]> {
  const { scope, tables, strategy, results, onlyAffected, report } = input;
  const wanted = new Map(
    results.filter((day) => !onlyAffected || day.affected > 0).map((day) => [day.day, day.conversations]),
  );
  const read = new Map<string, UnitRead>();
  for (const span of spansOf([...wanted.keys()], scope.timeZone, {
    sizeOf: (unit) => wanted.get(unit) ?? 0,
    sizeMax: ctx.config.detection.chunkConversations,
  })) {
    report?.('reading', read.size, wanted.size);
    for (const [day, found] of await readSpan(ctx, { tables, strategy, scope: spanScope(scope, span), units: span }))
      read.set(day, found);
  }
  return results.map((result) => {
    const { digest, open, wrong, parts } = read.get(result.day) ?? nothing;
    const counts = countsOf(result);
    const skip = skipReason({ ...counts, asOfMs: result.asOfMs }, digest.rows, onlyAffected, ctx.clock.now());
    const deletes = skip === null && strategies[strategy].deletes === 'every row';
    const replaces = deletes && isRelabelling(strategy);
    const wrongRows = skip === null ? wrong : 0;
    const touched = deletes || wrongRows > 0 ? parts : [];
    return {
      day: result.day,
      skip,
      labelRows: digest.rows,
      labelHash: digest.hash,
      rowsToDelete: deletes ? digest.rows : wrongRows,
      conversationsToRelabel: skip === null && isRelabelling(strategy) ? counts.conversations - counts.open : 0,
      conversationsThatChange: skip === null ? counts.affected - counts.orphans : 0,
      orphansThatGo: replaces ? counts.orphans : 0,
      openThatLoseLabel: replaces ? open : 0,
      partsTouched: touched.length,
      bytesTouched: touched.reduce((sum, bytes) => sum + bytes, 0),
      counts,
      countedAtMs: result.asOfMs,
      undo: null,
    };
  });
}

/** `parts` are the sizes in bytes of the parts that hold a unit's rows. */
type UnitRead = { digest: Digest; open: number; wrong: number; parts: number[] };
const nothing: UnitRead = { digest: noRows, open: 0, wrong: 0, parts: [] };

async function readSpan(
  ctx: Context,
  of: { scope: Scope; tables: CustomerTables; strategy: Strategy; units: readonly string[] },
): Promise<Map<string, UnitRead>> {
  const { scope, tables, strategy, units } = of;
  const args = {
    params: { ...scopeParams(scope), edges: edgesOf(units, scope) },
    identifiers: repairIdentifiers(tables),
  };
  const [digests, open, unitParts, partBytes, wrong] = await Promise.all([
    labelDigestsByUnit(ctx, of),
    ctx.clickhouse.read(selectOpenLabels, args),
    ctx.clickhouse.read(selectUnitParts, args),
    ctx.clickhouse.read(selectPartBytes, {
      params: tableParams(tables.labels.local),
      identifiers: { cluster: tables.readCluster },
    }),
    strategies[strategy].deletes === 'wrong rows' ? wrongRowsByUnit(ctx, of) : new Map<string, number>(),
  ]);
  const openBy = new Map(open.rows.map((row) => [row.at, row.conversations]));
  const partsBy = new Map(unitParts.rows.map((row) => [row.at, row.parts]));
  const bytesOfPart = new Map(partBytes.rows.map((row) => [row.name, row.bytes]));
  return new Map(
    units.map((unit, at) => [
      unit,
      {
        digest: digests.get(unit) ?? noRows,
        open: openBy.get(at + 1) ?? 0,
        wrong: wrong.get(unit) ?? 0,
        parts: (partsBy.get(at + 1) ?? []).map((part) => bytesOfPart.get(part) ?? 0),
      },
    ]),
  );
}

/** A day may hold only labels, of conversations whose truth starts on another day. Such a day is not empty. */
function skipReason(
  counts: DayCounts & { asOfMs: number },
  labelRows: number,
  onlyAffected: boolean,
  nowMs: number,
): string | null {
  if (counts.conversations === 0 && counts.orphans === 0 && labelRows === 0) return 'The day has no conversations.';
  if (!onlyAffected || counts.affected > 0) return null;
  const minutes = Math.floor((nowMs - counts.asOfMs) / 60_000);
  if (minutes < 1) return 'No conversation of the day is affected.';
  return `No conversation of the day was affected when it was last counted, ${count(minutes, 'minute')} ago.`;
}

const countsOf = (result: DayResult): DayCounts => ({
  conversations: result.conversations,
  affected: result.affected,
  stale: result.stale,
  duplicates: result.duplicates,
  missing: result.missing,
  orphans: result.orphans,
  open: result.open,
  settling: result.settling,
  flags: result.flags,
});

/** The counts that a plan has of a day, for reading its labels again. */
export const asResult = (plan: DayPlan): DayResult => ({
  ...plan.counts,
  day: plan.day,
  asOfMs: plan.countedAtMs,
  atLeast: false,
  byAgent: [],
  byUseCase: [],
});
