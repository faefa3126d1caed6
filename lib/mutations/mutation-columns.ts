import type { ClickHouse } from '@/lib/clickhouse/client';
import { type OptionalColumn, selectMutationColumns } from './sql/look';

const known = new WeakMap<ClickHouse, Promise<ReadonlySet<OptionalColumn>>>();

/** The optional columns of this server's `system.mutations`, asked once a connection. */
export function mutationColumns(clickhouse: ClickHouse): Promise<ReadonlySet<OptionalColumn>> {
  const found = known.get(clickhouse);
  if (found) return found;
  const asked = clickhouse
    .read(selectMutationColumns, { params: {}, names: undefined })
    .then(({ rows }) => new Set(rows.map((row) => row.name)));
  known.set(clickhouse, asked);
  asked.catch(() => known.delete(clickhouse));
  return asked;
}
