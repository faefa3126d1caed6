import type { Context } from '@/lib/context';
import { count } from '@/lib/words';
import { unapprovedRows } from '../plan/unapproved-rows';
import { isAboveThreshold } from '../state/plan-model';
import { selectItems, type WorkRow } from '../state/sql/items';
import { selectStart } from './sql/start';

/**
 * Why this unit's wrong rows may not be deleted without another approval, as a sentence; null where they may. `rows` are
 * those that are wrong now. An approved run deletes at most what was approved, over all its units; one that nobody
 * approved stays below the threshold.
 */
export async function tooManyRows(ctx: Context, row: WorkRow, rows: number): Promise<string | null> {
  const planned = row.plan.rowsToDelete;
  if (rows <= planned) return null;
  const [start] = await ctx.db.query(selectStart, { itemId: row.itemId });
  if (start?.approval) {
    const bound = start.bounded?.plan.customers.find(({ customerId }) => customerId === row.customerId);
    const rowsMost = bound?.rowsMost ?? start.plan.rowsToDelete;
    const others = await rowsOfOthers(ctx, row, start.plan.units);
    if (rows + others <= rowsMost) return null;
    return `${wrongNow(rows, planned)}; with the other units of the run that is more than the ${count(rowsMost, 'label row')} that were approved.`;
  }
  const others = (await unapprovedRows(ctx.db, row.customerId)) - planned;
  return isAboveThreshold(rows, others, ctx.config.backfill.approvalRows)
    ? `${wrongNow(rows, planned)}; so many are deleted only after a second person’s approval.`
    : null;
}

const wrongNow = (rows: number, planned: number) =>
  `${count(rows, 'row')} are wrong now, ${count(planned, 'row')} ${planned === 1 ? 'was' : 'were'} planned`;

/** Rows of the run's other units: those that were proven, else those that were planned. */
async function rowsOfOthers(
  { db }: Pick<Context, 'db'>,
  { runId, itemId }: WorkRow,
  units: readonly { unit: string; rowsToDelete: number }[],
): Promise<number> {
  const planned = new Map(units.map(({ unit, rowsToDelete }) => [unit, rowsToDelete]));
  const items = await db.query(selectItems, { runId });
  return items
    .filter(({ id, state }) => id !== itemId && state.status !== 'skipped')
    .reduce((sum, { unit, state }) => sum + (state.wrongRows?.rows ?? planned.get(unit) ?? 0), 0);
}
