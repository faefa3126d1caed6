import type { ClickHouse } from '@/lib/clickhouse/client';
import { type Cost, noCost } from '../judge/session';

/** The same connection, and the sum of what is read through it. */
export function counted(clickhouse: ClickHouse): { clickhouse: ClickHouse; cost: Cost } {
  const cost = noCost();
  const read: ClickHouse['read'] = async (statement, args) => {
    const ran = await clickhouse.read(statement, args);
    cost.rowsRead += ran.rowsRead;
    cost.bytesRead += ran.bytesRead;
    cost.elapsedMs += ran.elapsedMs;
    cost.queryIds.push(ran.queryId);
    return ran;
  };
  return { clickhouse: Object.create(clickhouse, { read: { value: read } }), cost };
}
