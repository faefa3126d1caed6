import { ClickHouseError } from '@clickhouse/client';
import type { Context } from '@/lib/context';
import type { CustomerTables } from '@/lib/customers/model';
import { AppError } from '@/lib/errors';
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

/** Label tables that could not be looked at, and why. */
export type Unseen<Table> = { table: Table; error: AppError };

/**
 * The unfinished mutations of several label tables as they are seen, one statement for each cluster. A cluster that
 * does not answer keeps nobody from the others: its tables are returned as unseen. Throws AppError('unavailable') where
 * none was seen.
 */
export async function seeMutationsOf<Table extends { tables: CustomerTables }>(
  ctx: Pick<Context, 'clickhouse'>,
  all: readonly Table[],
): Promise<{ seen: MutationSeen[]; unseen: Unseen<Table>[] }> {
  const clusters = [...new Set(all.map((one) => one.tables.readCluster))];
  const looks = await Promise.all(
    clusters.map(async (cluster) => {
      const own = all.filter((one) => one.tables.readCluster === cluster);
      try {
        return {
          seen: await seeMutations(
            ctx,
            own.map((one) => one.tables),
          ),
          unseen: [],
        };
      } catch (error) {
        if (!(error instanceof AppError) || clusters.length === 1) throw error;
        return { seen: [], unseen: own.map((table) => ({ table, error })) };
      }
    }),
  );
  const [first] = looks.flatMap((look) => look.unseen);
  if (first && looks.every((look) => look.unseen.length > 0)) throw first.error;
  return { seen: looks.flatMap((look) => look.seen), unseen: looks.flatMap((look) => look.unseen) };
}

/** The unfinished mutations of label tables of one cluster as they are seen. */
async function seeMutations(
  ctx: Pick<Context, 'clickhouse'>,
  tables: readonly CustomerTables[],
): Promise<MutationSeen[]> {
  const has = await mutationColumns(ctx.clickhouse);
  const cluster = tables[0]?.readCluster ?? null;
  try {
    const { rows } = await ctx.clickhouse.read(selectUnfinishedMutations, {
      params: pairsOf(tables),
      identifiers: { cluster, has },
      timeoutSeconds: 30,
    });
    return rows;
  } catch (error) {
    throw replicaAway(error, cluster);
  }
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
