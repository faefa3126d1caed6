import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { scopeParams } from '@/lib/customers/sql/scope';
import { type Day, dayStartMs, daysBetween } from '@/lib/days';
import { type Digest, noRows } from './model';
import { rowIdentifiers, selectLabelDigests } from './sql/digest';

type Reads = Pick<Context, 'clickhouse'>;

/**
 * How many label rows (newest per label key) the scope has, and the sum of the hashes of all their columns. Stable
 * under merges; equal digests mean equal labels.
 */
export async function labelDigest(ctx: Reads, of: { scope: Scope; tables: CustomerTables }): Promise<Digest> {
  const { rows } = await ctx.clickhouse.read(selectLabelDigests, {
    params: { ...scopeParams(of.scope), edges: [of.scope.fromMs] },
    names: { labels: of.tables.labels.distributed, ...rowIdentifiers(of.tables) },
  });
  return rows[0] ? { rows: rows[0].rows, hash: rows[0].hash } : noRows;
}

/** `labelDigest` of each day of the scope in one pass; a day without labels has none. */
export async function labelDigestsByDay(
  ctx: Reads,
  of: { scope: Scope; tables: CustomerTables },
): Promise<Map<Day, Digest>> {
  const days = daysBetween(of.scope.fromDay, of.scope.toDay);
  const { rows } = await ctx.clickhouse.read(selectLabelDigests, {
    params: { ...scopeParams(of.scope), edges: days.map((day) => dayStartMs(day, of.scope.timeZone)) },
    names: { labels: of.tables.labels.distributed, ...rowIdentifiers(of.tables) },
  });
  const found = new Map(rows.map(({ at, ...digest }) => [days[at - 1], digest]));
  return new Map(days.map((day) => [day, found.get(day) ?? noRows]));
}
