import type { ClickHouse } from '@/lib/clickhouse/client';
import { type OptionalColumn, selectMutationColumns } from './sql/look';

const known = new WeakMap<ClickHouse['client'], Promise<ReadonlySet<OptionalColumn>>>();

/** The optional columns of this server's `system.mutations`, asked once a connection. */
export function mutationColumns(clickhouse: ClickHouse): Promise<ReadonlySet<OptionalColumn>> {
  const found = known.get(clickhouse.client);
  if (found) return found;
  const asked = clickhouse
    .within({})
    .read(selectMutationColumns, {})
    .then(({ rows }) => new Set(rows.map((row) => row.name)));
  known.set(clickhouse.client, asked);
  asked.catch(() => known.delete(clickhouse.client));
  return asked;
}
