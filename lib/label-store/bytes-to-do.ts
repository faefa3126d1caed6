import type { ClickHouse } from '@/lib/clickhouse/client';
import { failureOf } from '@/lib/clickhouse/failure';
import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { selectBytesToDo } from './sql/bytes-to-do';
import { tableParams } from './sql/look';

/** Servers that do not show `system.merges` to the console's user. */
const withoutMerges = new WeakSet<ClickHouse['client']>();

/**
 * Bytes that the mutations whose tags begin with `tag` and a slash have to do on each replica, in the parts that hold
 * rows of the scope. Where `system.merges` may not be read, a part that is being rewritten counts as a whole.
 */
export async function bytesToDo(
  ctx: Pick<Context, 'clickhouse'>,
  of: { scope: Scope; tables: CustomerTables; tag: string },
): Promise<{ host: string; bytes: number }[]> {
  const { scope, tables, tag } = of;
  const read = async (merges: boolean) => {
    const { rows } = await ctx.clickhouse.read(selectBytesToDo, {
      params: { ...scopeParams(scope), ...tableParams(tables.labels.local), quoted: `'${tag}/` },
      identifiers: { labelsLocal: tables.labels.local, cluster: tables.readCluster, merges },
    });
    return rows;
  };
  const { client } = ctx.clickhouse;
  if (withoutMerges.has(client)) return read(false);
  try {
    return await read(true);
  } catch (error) {
    if (failureOf(error) !== 'denied') throw error;
    const rows = await read(false);
    withoutMerges.add(client);
    return rows;
  }
}
