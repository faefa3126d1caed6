import type { ClickHouse } from '@/lib/clickhouse/client';
import type { Log } from '@/lib/log';
import { knownNames } from './resolve-names';

/** What the reading half of detection needs: a SELECT-only connection, and the names it has learnt so far. */
export type DetectionEngine = { clickhouse: ClickHouse; log: Log; known: ReturnType<typeof knownNames> };

export const detectionEngine = (
  { clickhouse, log }: { clickhouse: ClickHouse; log: Log },
  customerId: string,
): DetectionEngine => ({ clickhouse, log, known: knownNames(clickhouse, customerId) });
