import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { inRange, RangeParams, startsFrom } from '@/lib/customers/sql/scope';
import type { DetectionColumns, SideColumns } from './columns';
import { selectHashes } from './packed';

const Range = RangeParams.extend({ customerId: z.string() });

/**
 * Rows of the larger side for each UTC date of the range: chunks are cut by these. Reads only the start where no other
 * customer shares the database, since a few foreign rows make no difference to a chunk.
 */
export const selectDateRows = statement({
  name: 'detection.plan',
  text: ({ columns: { truth, labels }, shared }: { columns: DetectionColumns; shared: boolean }) => `
    SELECT date, greatest(sumIf(side_rows, NOT is_label), sumIf(side_rows, is_label)) AS date_rows
    FROM (
      SELECT toUInt32(toDate(${truth.start}, 'UTC')) AS date, count() AS side_rows, 0 AS is_label
      FROM ${truth.table}
      WHERE ${inRange} ${shared ? `AND NOT (${truth.foreign})` : ''}
      GROUP BY date
      UNION ALL
      SELECT toUInt32(toDate(${labels.start}, 'UTC')) AS date, count() AS side_rows, 1 AS is_label
      FROM ${labels.table}
      WHERE ${inRange} ${shared ? `AND NOT (${labels.foreign})` : ''}
      GROUP BY date)
    GROUP BY date
    ORDER BY date`,
  params: Range,
  row: z
    .object({ date: z.number(), date_rows: z.coerce.number() })
    .transform(({ date, date_rows }) => ({ dateMs: date * 86_400_000, rows: date_rows })),
});

/** The agents or use cases of one side that have these hashes. Returns at most one row for each hash. */
export const selectNames = statement({
  name: 'detection.names',
  text: ({ side, column }: { side: SideColumns; column: 'agent' | 'useCase' }) => {
    const [hash, name] = column === 'agent' ? [side.agent, side.agentText] : [side.useCase, side.useCaseText];
    return `
    SELECT toUInt64(${hash}) AS hash, any(${name}) AS name
    FROM ${side.table}
    WHERE ${inRange}
      AND hash IN (${selectHashes})
    GROUP BY hash`;
  },
  params: RangeParams.extend({ hashes: z.string() }),
  row: z.object({ hash: z.string(), name: z.string() }),
});

/**
 * The customer's newest start before an instant, and how many rows start later. Reads two columns of all truth, or with
 * `since` of the parts and granules that may hold a start from then on.
 */
export const selectNewestStart = statement({
  name: 'detection.newest_start',
  text: ({ columns: { truth }, since }: { columns: DetectionColumns; since: boolean }) => `
    SELECT toUnixTimestamp64Milli(toDateTime64(maxIf(${truth.start}, NOT (${startsFrom('{toMs:Int64}')})), 3, 'UTC')) AS newest_ms,
           countIf(NOT (${startsFrom('{toMs:Int64}')})) AS found, countIf(${startsFrom('{toMs:Int64}')}) AS later
    FROM ${truth.table}
    WHERE NOT (${truth.foreign})${since ? `\n      AND ${startsFrom('{fromMs:Int64}')}` : ''}`,
  params: RangeParams.extend({ customerId: z.string() }),
  row: z
    .object({ newest_ms: z.coerce.number(), found: z.coerce.number(), later: z.coerce.number() })
    .transform((row) => ({ newestMs: row.found === 0 ? null : row.newest_ms, later: row.later })),
});
