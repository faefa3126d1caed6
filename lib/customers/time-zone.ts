import type { ClickHouse } from '@/lib/clickhouse/client';
import { isTimeZone } from '@/lib/days';
import { selectTimeZone } from './sql/data';

/** The zone as ClickHouse spells it. Null if ClickHouse or this runtime does not know it: both compute days with it. */
export async function timeZoneOf({ clickhouse }: { clickhouse: ClickHouse }, timeZone: string): Promise<string | null> {
  const { rows } = await clickhouse.read(selectTimeZone, { params: { timeZone } });
  const [spelled = null] = rows;
  return spelled !== null && isTimeZone(spelled) ? spelled : null;
}

export const unknownZone = (timeZone: string): string =>
  `ClickHouse does not know the time zone “${timeZone}”. Use one of system.time_zones, such as America/Los_Angeles.`;
