import type { ClickHouse } from '@/lib/clickhouse/client';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { readDays } from './count-active-days';
import type { SnapshotRow } from './model';

/**
 * The agents of a scope that have labels or truth, and those whose days with a label are others than their days of closed
 * truth. Each of both sides is read once, whatever the number of days.
 */
export async function compareDays(
  ctx: { clickhouse: ClickHouse },
  { scope, tables }: { scope: Scope; tables: CustomerTables },
): Promise<{ agents: Set<string>; wrong: Set<string> }> {
  const [has, should] = (
    await Promise.all([readDays(ctx, tables, scope, 'labels'), readDays(ctx, tables, scope, 'truth')])
  ).map(daysByAgent) as [Map<string, string>, Map<string, string>];
  const agents = new Set([...has.keys(), ...should.keys()]);
  const wrong = [...agents].filter((agent) => (has.get(agent) ?? none) !== (should.get(agent) ?? none));
  return { agents, wrong: new Set(wrong) };
}

const none = '';

const daysByAgent = (rows: readonly SnapshotRow[]) =>
  new Map(
    rows
      .filter(({ useCase }) => useCase === null)
      .map(({ agent, days, on }) => [agent, days === 0 ? none : (on ?? none)]),
  );
