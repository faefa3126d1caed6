import { ClickHouseError } from '@clickhouse/client';
import { readInBatches } from '@/lib/clickhouse/batches';
import { quoteTable } from '@/lib/clickhouse/identifiers';
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
 * The unfinished mutations of several label tables as they are seen, one statement for each 500 of a cluster. A cluster
 * that does not answer, or a table that cannot be looked at, keeps nobody from the others: it is returned as unseen.
 * Throws the error of the first one where none was seen.
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
        const { found, failed } = await readInBatches({ items: own, nameOf: localName }, (batch) =>
          seeMutations(
            ctx,
            batch.map((one) => one.tables),
          ),
        );
        return { seen: found, unseen: failed.map(({ item, error }) => ({ table: item, error: notSeen(item, error) })) };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { seen: [], unseen: own.map((table) => ({ table, error })) };
      }
    }),
  );
  const unseen = looks.flatMap((look) => look.unseen);
  if (unseen[0] && unseen.length === all.length) throw unseen[0].error;
  return { seen: looks.flatMap((look) => look.seen), unseen };
}

const localName = ({ tables: { labels } }: { tables: CustomerTables }) => quoteTable(labels.local);

/** Anything but an AppError is a defect, whose cause the caller logs. */
const notSeen = (one: { tables: CustomerTables }, error: unknown): AppError =>
  error instanceof AppError
    ? error
    : new AppError('refused', `The mutations of ${localName(one)} could not be read. The log says why.`, {
        cause: error,
      });

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
