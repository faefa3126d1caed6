import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import type { DetectionNames, SideNames } from './columns';
import { ReadScope } from './read';

const inRange = (side: SideNames) => `
      ${side.start} >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC')
      AND ${side.start} <= fromUnixTimestamp64Milli({lastMs:Int64}, 'UTC')`;
const Range = ReadScope.pick({ customerId: true, fromMs: true, lastMs: true });

/**
 * Rows of both sides per UTC date of the range, from which chunks are cut. Reads the start alone where the database is
 * the customer's own: a foreign row more or less makes no difference to a chunk.
 */
export const selectDateRows = statement({
  name: 'detection.plan',
  text: ({ names: { truth, labels }, shared }: { names: DetectionNames; shared: boolean }) => `
    SELECT date, greatest(sumIf(n, label = 0), sumIf(n, label = 1)) AS date_rows
    FROM (
      SELECT toUInt32(toDate(${truth.start}, 'UTC')) AS date, count() AS n, 0 AS label
      FROM ${truth.table}
      WHERE ${inRange(truth)} ${shared ? `AND NOT (${truth.foreign})` : ''}
      GROUP BY date
      UNION ALL
      SELECT toUInt32(toDate(${labels.start}, 'UTC')) AS date, count() AS n, 1 AS label
      FROM ${labels.table}
      WHERE ${inRange(labels)} ${shared ? `AND NOT (${labels.foreign})` : ''}
      GROUP BY date)
    GROUP BY date
    ORDER BY date`,
  params: Range,
  row: z
    .object({ date: z.number(), date_rows: z.coerce.number() })
    .transform(({ date, date_rows }) => ({ dateMs: date * 86_400_000, rows: date_rows })),
});

/** What one side names its agents or use cases, for hashes asked for by base64; at most as many rows as were asked. */
export const selectNames = statement({
  name: 'detection.names',
  text: ({ side, column }: { side: SideNames; column: 'agent' | 'useCase' }) => {
    const [hash, name] = column === 'agent' ? [side.agent, side.agentText] : [side.useCase, side.useCaseText];
    return `
    WITH base64Decode({hashes:String}) AS packed
    SELECT toUInt64(${hash}) AS hash, any(${name}) AS name
    FROM ${side.table}
    WHERE ${inRange(side)}
      AND hash IN (
        SELECT arrayJoin(arrayMap(at -> reinterpretAsUInt64(substring(packed, at * 8 + 1, 8)), range(intDiv(length(packed), 8)))))
    GROUP BY hash`;
  },
  params: z.object({ fromMs: z.number().int(), lastMs: z.number().int(), hashes: z.string() }),
  row: z.object({ hash: z.string(), name: z.string() }),
});

/** The customer's newest start; one column of the truth, and its customer column, in full. */
export const selectNewestStart = statement({
  name: 'detection.newest_start',
  text: ({ truth }: DetectionNames) => `
    SELECT toUnixTimestamp64Milli(toDateTime64(max(${truth.start}), 3, 'UTC')) AS newest_ms, count() AS found
    FROM ${truth.table}
    WHERE NOT (${truth.foreign})`,
  params: z.object({ customerId: z.string() }),
  row: z
    .object({ newest_ms: z.coerce.number(), found: z.coerce.number() })
    .transform((row) => (row.found === 0 ? null : row.newest_ms)),
});
