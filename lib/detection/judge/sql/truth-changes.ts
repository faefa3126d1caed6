import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { inRange, RangeParams } from '@/lib/customers/sql/scope';
import { askedTable } from './asked';
import type { DetectionColumns } from './columns';
import { selectHashes } from './packed';

/**
 * By day, in days since 1970, the newest version of the truth of the conversations of the parameter `hashes`, or where
 * `asked` is set, of those that the session asked for. Reads id, start and version of the range's truth once.
 */
export const selectTruthChanges = statement({
  name: 'detection.truth_changes',
  text: ({ columns: { truth }, asked }: { columns: DetectionColumns; asked: boolean }) => `
    SELECT ${truth.day} AS truth_day, intDiv(max(${truth.version}), ${truth.versionPerMs}) AS changed_ms
    FROM ${truth.table}
    WHERE ${inRange} AND NOT (${truth.foreign})
      AND ${truth.conversation} IN (${asked ? `SELECT conversation FROM ${askedTable}` : selectHashes})
    GROUP BY truth_day`,
  params: RangeParams.extend({ customerId: z.string(), timeZone: z.string(), hashes: z.string() }),
  row: z
    .object({ truth_day: z.number(), changed_ms: z.coerce.number() })
    .transform((row) => ({ day: row.truth_day, changedMs: row.changed_ms })),
});
