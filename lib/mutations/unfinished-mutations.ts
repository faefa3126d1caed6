import { ClickHouseError } from '@clickhouse/client';
import type { CustomerTables } from '@/lib/customers/model';
import { AppError } from '@/lib/errors';
import type { Context } from '@/lib/server/context';
import { judgeMutations, type MutationSeen, type Standing, type UnfinishedMutation } from './health-model';
import { mutationColumns } from './mutation-columns';
import { selectUnfinishedMutations } from './sql/look';

/**
 * Everybody's unfinished mutations of the labels on each replica, oldest first, with whose they are and how they do.
 * Without `standing` nothing is called stuck. Throws AppError('unavailable') when a replica does not answer: an answer
 * without it would look like one without its mutations.
 */
export async function unfinishedMutations(
  ctx: Pick<Context, 'clickhouse'>,
  of: { tables: CustomerTables; standing?: Standing },
): Promise<UnfinishedMutation[]> {
  return judgeMutations(await seeMutations(ctx, [of.tables]), of.standing ?? null);
}

/** The unfinished mutations of several label tables as they are seen, one statement for each cluster. */
export async function seeMutations(
  ctx: Pick<Context, 'clickhouse'>,
  tables: readonly CustomerTables[],
): Promise<MutationSeen[]> {
  const has = await mutationColumns(ctx.clickhouse);
  const clusters = [...new Set(tables.map((one) => one.readCluster))];
  const seen = await Promise.all(
    clusters.map((cluster) =>
      ctx.clickhouse
        .read(selectUnfinishedMutations, {
          params: pairsOf(tables.filter((one) => one.readCluster === cluster)),
          names: { cluster, has },
          timeoutSeconds: 30,
        })
        .catch((error) => {
          throw replicaAway(error, cluster);
        }),
    ),
  );
  return seen.flatMap(({ rows }) => rows);
}

const pairsOf = (tables: readonly CustomerTables[]) => ({
  databases: tables.map((one) => one.labels.local.database),
  tables: tables.map((one) => one.labels.local.table),
});

/** ClickHouse's codes for a replica that could not be asked. */
const awayCodes = new Set(['279', '209', '210', '32', '198', '519']);

export function replicaAway(error: unknown, cluster: string | null): unknown {
  const root = error instanceof AppError ? error.cause : error;
  if (!(root instanceof ClickHouseError) || !awayCodes.has(root.code)) return error;
  return new AppError(
    'unavailable',
    `A replica of the cluster ${cluster ?? ''} does not answer, so its mutations cannot be seen. Nothing was changed.`,
    { cause: error },
  );
}
