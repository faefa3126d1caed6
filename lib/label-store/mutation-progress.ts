import type { Context } from '@/lib/context';
import type { CustomerTables } from '@/lib/customers/model';
import type { MutationProgress } from './model';
import { mutationColumns } from './mutation-columns';
import { selectMutationProgress, tableParams } from './sql/look';

/**
 * The mutation of this tag on each replica of the labels; `under`: all whose tags begin with it and a slash. None found
 * is not "done": a killed one vanishes and a finished one is purged, so the caller counts the rows that are left:
 * docs/clickhouse-facts.md#finished-mutations.
 */
export async function mutationProgress(
  ctx: Pick<Context, 'clickhouse'>,
  of: { tables: CustomerTables; tag: string; under?: boolean },
): Promise<MutationProgress[]> {
  const { rows } = await ctx.clickhouse.read(selectMutationProgress, {
    params: { ...tableParams(of.tables.labels.local), quoted: of.under ? `'${of.tag}/` : `'${of.tag}'` },
    identifiers: { cluster: of.tables.readCluster, has: await mutationColumns(ctx.clickhouse) },
  });
  return rows;
}
