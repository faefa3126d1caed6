import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { instantsOf } from '@/lib/customers/unit-model';
import { type Digest, noRows } from './model';
import { selectLabelDigests } from './sql/digest';
import { rowIdentifiers } from './sql/row-hash';

type Reads = Pick<Context, 'clickhouse'>;

/**
 * How many label rows (newest per label key) the scope has, and the sum of the hashes of all their columns. Stable
 * under merges; equal digests mean equal labels.
 */
export async function labelDigest(ctx: Reads, of: { scope: Scope; tables: CustomerTables }): Promise<Digest> {
  const { rows } = await ctx.clickhouse.read(selectLabelDigests, {
    params: { ...scopeParams(of.scope), ...rangesParams([of.scope]) },
    identifiers: { labels: of.tables.labels.distributed, ...rowIdentifiers(of.tables) },
  });
  return rows[0] ? { rows: rows[0].rows, hash: rows[0].hash } : noRows;
}

/** `labelDigest` of each unit in one pass over the scope; one without labels has none. */
export async function labelDigestsByUnit(
  ctx: Reads,
  of: { scope: Scope; tables: CustomerTables; units: readonly string[] },
): Promise<Map<string, Digest>> {
  const ranges = of.units.map((unit) => instantsOf(unit, of.scope.timeZone));
  const { rows } = await ctx.clickhouse.read(selectLabelDigests, {
    params: { ...scopeParams(of.scope), ...rangesParams(ranges) },
    identifiers: { labels: of.tables.labels.distributed, ...rowIdentifiers(of.tables) },
  });
  const found = new Map(rows.map(({ at, ...digest }) => [at, digest]));
  return new Map(of.units.map((unit, at) => [unit, found.get(ranges[at]?.fromMs ?? 0) ?? noRows]));
}
