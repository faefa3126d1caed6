import type { ClickHouse } from '@/lib/clickhouse/client';
import type { Log } from '@/lib/log';
import { knownNames } from './resolve-names';

/** What judging needs: a connection that can only SELECT, and the names of agents and use cases known so far. */
export type DetectionEngine = { clickhouse: ClickHouse; log: Log; known: ReturnType<typeof knownNames> };

export const detectionEngine = (
  { clickhouse, log }: { clickhouse: ClickHouse; log: Log },
  customerId: string,
): DetectionEngine => ({ clickhouse, log, known: knownNames(clickhouse, customerId) });
