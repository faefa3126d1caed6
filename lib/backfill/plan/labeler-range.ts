import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { repairIdentifiers } from './checks/input';
import { selectEndRange } from './sql/tables';

/** The range that the labeler is given, in ms, and how many closed conversations of other days it covers too. */
export type LabelerRange = { fromMs: number; toMs: number; others: number };

/**
 * The scope itself where the labeler selects by start. Where it selects by end: from the first end to the last of the
 * scope's closed conversations, so that every one of them is written again.
 */
export async function labelerRange(
  ctx: Pick<Context, 'config' | 'clickhouse'>,
  scope: Scope,
  tables: CustomerTables,
): Promise<LabelerRange> {
  const own = { fromMs: scope.fromMs, toMs: scope.toMs, others: 0 };
  if (ctx.config.labeler.rangeColumn === 'created_at') return own;
  const found = await ctx.clickhouse.readOne(selectEndRange, {
    params: scopeParams(scope),
    identifiers: repairIdentifiers(tables),
  });
  if (found.closed === 0) return own;
  return { fromMs: found.firstMs, toMs: found.lastMs + 1, others: found.others };
}
