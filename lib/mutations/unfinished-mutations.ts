import type { CustomerTables } from '@/lib/customers/model';
import type { Context } from '@/lib/server/context';
import { judgeMutations, type MutationSeen, type UnfinishedMutation } from './model';
import { mutationColumns } from './mutation-columns';
import { selectUnfinishedMutations, tableParams } from './sql/look';

/**
 * Everybody's unfinished mutations of the labels on each replica, oldest first, with whose they are and how they do.
 * `before` is an earlier answer: without it nothing is called stuck.
 */
export async function unfinishedMutations(
  ctx: Pick<Context, 'clickhouse'> & Partial<Pick<Context, 'clock'>>,
  of: { tables: CustomerTables; before?: { seen: MutationSeen[]; atMs: number } },
): Promise<UnfinishedMutation[]> {
  const { rows } = await ctx.clickhouse.read(selectUnfinishedMutations, {
    params: tableParams(of.tables.labels.local),
    names: { cluster: of.tables.readCluster, has: await mutationColumns(ctx.clickhouse) },
  });
  return judgeMutations(rows, of.before && ctx.clock ? { ...of.before, nowMs: ctx.clock.now() } : null);
}
