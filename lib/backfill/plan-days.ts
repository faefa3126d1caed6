import type { CustomerTables, Scope } from '@/lib/customers/model';
import type { DayCounts, DayResult } from '@/lib/detection/model';
import { labelDigestsByDay } from '@/lib/mutations/label-digest';
import { wrongRowsByDay } from '@/lib/mutations/wrong-rows';
import type { Context } from '@/lib/server/context';
import { repairNames, scopeParams } from './checks/input';
import type { DayPlan, Strategy } from './model';
import { selectPartBytes, tableParams } from './sql/system';
import { selectDayParts, selectOpenLabels } from './sql/tables';

/**
 * What a run would do to each day of the scope, from what the classification found. Four or five reads over the range,
 * whatever its length.
 */
export async function planDays(
  ctx: Context,
  input: { scope: Scope; tables: CustomerTables; strategy: Strategy; results: DayResult[]; onlyAffected: boolean },
): Promise<DayPlan[]> {
  const { scope, tables, strategy } = input;
  const args = { params: scopeParams(scope), names: repairNames(tables) };
  const [digests, open, dayParts, partBytes, wrong] = await Promise.all([
    labelDigestsByDay(ctx, { scope, tables }),
    ctx.clickhouse.read(selectOpenLabels, args),
    ctx.clickhouse.read(selectDayParts, args),
    ctx.clickhouse.read(selectPartBytes, {
      params: tableParams(tables.labels.local),
      names: { cluster: tables.readCluster },
    }),
    strategy === 'no-gap' ? wrongRowsByDay(ctx, { scope, tables }) : new Map<string, number>(),
  ]);
  const openByDay = new Map(open.rows.map((row) => [row.day, row.conversations]));
  const partsByDay = new Map(dayParts.rows.map((row) => [row.day, row.parts]));
  const bytesOfPart = new Map(partBytes.rows.map((row) => [row.name, row.bytes]));
  return input.results.map((result) => {
    const counts = countsOf(result);
    const digest = digests.get(result.day) ?? { rows: 0, hash: '0' };
    const skip = skipReason(counts, digest.rows, input.onlyAffected);
    const deletes = skip === null && (strategy === 'replace' || strategy === 'undo');
    const wrongRows = skip === null ? (wrong.get(result.day) ?? 0) : 0;
    const rewrites = deletes || wrongRows > 0;
    const parts = rewrites ? (partsByDay.get(result.day) ?? []) : [];
    return {
      day: result.day,
      skip,
      labelRows: digest.rows,
      labelHash: digest.hash,
      rowsToDelete: deletes ? digest.rows : wrongRows,
      conversationsToRelabel: skip === null && strategy !== 'undo' ? counts.conversations - counts.open : 0,
      conversationsThatChange: skip === null ? counts.affected - counts.orphans : 0,
      orphansThatGo: deletes && strategy === 'replace' ? counts.orphans : 0,
      openThatLoseLabel: deletes && strategy === 'replace' ? (openByDay.get(result.day) ?? 0) : 0,
      partsTouched: parts.length,
      bytesTouched: parts.reduce((sum, part) => sum + (bytesOfPart.get(part) ?? 0), 0),
      counts,
    };
  });
}

/** A day may hold labels alone, of conversations whose truth starts on another: it is not empty then. */
function skipReason(counts: DayCounts, labelRows: number, onlyAffected: boolean): string | null {
  if (counts.conversations === 0 && counts.orphans === 0 && labelRows === 0) return 'The day has no conversations.';
  if (onlyAffected && counts.affected === 0) return 'No conversation of the day is affected.';
  return null;
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
