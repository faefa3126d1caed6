import type { ClickHouse } from '@/lib/clickhouse/client';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { detectionColumns } from '@/lib/detection/judge/sql/columns';
import { listLabelDays, listTruthDays } from './sql';

/**
 * The agents of a scope that have labels or truth, and those whose days with a label are others than their days of closed
 * truth. Each of both sides is read once, whatever the number of days.
 */
export async function compareDays(
  { clickhouse }: { clickhouse: ClickHouse },
  { scope, tables }: { scope: Scope; tables: CustomerTables },
): Promise<{ agents: Set<string>; wrong: Set<string> }> {
  const { truth, labels } = detectionColumns(tables);
  const params = {
    customer: scope.customerId,
    fromMs: [scope.fromMs],
    toMs: [scope.toMs],
    timeZone: scope.timeZone,
  };
  const [labelled, expected] = await Promise.all([
    clickhouse.read(listLabelDays, { params, identifiers: { labels, key: tables.labels.key, ranges: 1 } }),
    clickhouse.read(listTruthDays, { params, identifiers: { truth, ranges: 1 } }),
  ]);
  const daysOf = (rows: { agent: string; days: string[] }[]) =>
    new Map(rows.map(({ agent, days }) => [agent, days.join(' ')]));
  const [has, should] = [daysOf(labelled.rows), daysOf(expected.rows)];
  const agents = new Set([...has.keys(), ...should.keys()]);
  const wrong = [...agents].filter((agent) => (has.get(agent) ?? '') !== (should.get(agent) ?? ''));
  return { agents, wrong: new Set(wrong) };
}
