import { AppError } from '@/lib/errors';
import type { KillOrder } from '@/lib/label-store/model';
import { count } from '@/lib/words';
import { JobEnd, type JobRun } from './job-end';
import { killMutationById } from './sql/change';

/**
 * Stops what is left of one mutation of the labels, ours or another's. With `order.test` it only asks what it would
 * stop. What it did stays done: rows it deleted are gone, and rows it did not reach remain. Killing one that is done or
 * unknown does nothing. Returns how many rows ClickHouse answered: mutations, or hosts of a cluster. Throws
 * JobEnd('failed') with ClickHouse's own words when it refuses.
 */
export async function killMutation(
  { ctx, say }: JobRun,
  { order }: { order: KillOrder },
): Promise<Record<string, number>> {
  const { database, table } = order.labelsLocal;
  const { test, mutationId, cluster } = order;
  say(
    test
      ? `Asking ClickHouse what a KILL of mutation ${mutationId} of ${database}.${table} would stop. Nothing is stopped.`
      : `Killing mutation ${mutationId} of ${database}.${table}. What it did so far stays done.`,
  );
  const { rows } = await ctx.clickhouse
    .read(killMutationById, {
      params: { database, table, mutation: mutationId, command_sha256: order.commandSha256 },
      identifiers: { cluster, test },
      settings: { distributed_ddl_task_timeout: 60 },
      timeoutSeconds: 120,
    })
    .catch((cause) => {
      if (cause instanceof AppError) throw cause;
      const words = cause instanceof Error ? cause.message.slice(0, 300) : '';
      throw new JobEnd('failed', `ClickHouse refused the KILL${test ? ' already as a TEST' : ''}: ${words}`, { cause });
    });
  for (const row of rows) say(JSON.stringify(row).slice(0, 500).replace(/^\{/, '- {'));
  const what = cluster === null ? 'mutation' : 'host';
  say(
    test
      ? `ClickHouse accepts it for ${count(rows.length, what)}.`
      : `ClickHouse was told to stop it on ${count(rows.length, what)}.`,
  );
  return { answers: rows.length };
}
