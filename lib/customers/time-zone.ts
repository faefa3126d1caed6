import type { ClickHouse } from '@/lib/clickhouse/client';
import { isTimeZone } from '@/lib/days';
import { selectTimeZone } from './sql/data';

/** How ClickHouse spells the zone; null where it, or this runtime, does not know it: days are cut in both. */
export async function timeZoneOf({ clickhouse }: { clickhouse: ClickHouse }, timeZone: string): Promise<string | null> {
  const { rows } = await clickhouse.read(selectTimeZone, { params: { timeZone }, names: undefined });
  const [spelled = null] = rows;
  return spelled !== null && isTimeZone(spelled) ? spelled : null;
}

export const unknownZone = (timeZone: string): string =>
  `ClickHouse does not know the time zone “${timeZone}”. Name one of system.time_zones, such as America/Los_Angeles.`;
