import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { countScopeRows } from './sql/digest';

/** Label rows of the scope on every replica as they lie on disk, unmerged versions counted. Zero proves a delete. */
export async function countLabelRows(
  ctx: Pick<Context, 'clickhouse'>,
  of: { scope: Scope; tables: CustomerTables },
): Promise<number> {
  const { rows } = await ctx.clickhouse.readOne(countScopeRows, {
    params: scopeParams(of.scope),
    identifiers: { labelsLocal: of.tables.labels.local, cluster: of.tables.readCluster },
  });
  return rows;
}
