import type { JobRun } from './job-end';
import type { KillOrder } from './model';
import { killMutationById } from './sql/change';

/**
 * Stops what is left of one mutation of the labels, whoever's it is. What it did stays done: rows it deleted are
 * gone, and rows it did not reach remain. Killing one that is done or unknown does nothing.
 */
export async function killMutation({ ctx, say }: JobRun, order: KillOrder): Promise<Record<string, number>> {
  const { database, table } = order.labelsLocal;
  say(`Killing mutation ${order.mutationId} of ${database}.${table}. What it did so far stays done.`);
  await ctx.clickhouse.command(killMutationById, {
    params: { database, table, mutation: order.mutationId },
    names: { cluster: order.cluster },
  });
  say('ClickHouse was told to stop it.');
  return {};
}
