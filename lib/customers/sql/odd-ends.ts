import { z } from 'zod';
import { quoteName, quoteTable } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';
import type { TableFacts } from '../model';
import { endMsOf, msOf, storedEndMs } from './ends';
import { CustomerRangeParams, inCustomerRange } from './scope';

/** An end as stored that is none, or that no conversation has: how many conversations have it, and from which it is. */
export type OddEnd = { kind: 'open' | 'before start' | 'future'; endMs: number; conversations: number };

/**
 * Ends of the newest truth that stand for something else: ones that mean "open" beside NULL and 0, each for itself, and
 * ones before the start or after now, which count as closed. Bounded by the range's truth; at most 20 rows.
 */
export const selectOddEnds = statement<typeof CustomerRangeParams, z.ZodType<OddEnd>, { truth: TableFacts }>({
  name: 'customers.odd_ends',
  text: ({ truth }) => {
    const end = truth.columns.conversation_end_time ?? '';
    return `
    SELECT kind, if(kind = 'open', stored, 0) AS end_ms, count() AS conversations
    FROM (
      SELECT argMax((${storedEndMs(end)}, ${endMsOf(end)}, ${msOf('conversation_start_time', truth.columns.conversation_start_time ?? '')}),
               ${quoteName(truth.versionColumn)}) AS newest,
             newest.1 AS stored,
             multiIf(newest.2 = 0, if(stored = 0, '', 'open'), stored < newest.3, 'before start',
                     stored > toUnixTimestamp64Milli(now64(3)), 'future', '') AS kind
      FROM ${quoteTable(truth.distributed)}
      WHERE ${inCustomerRange}
      GROUP BY customer_id, profile_id, conversation_id)
    WHERE kind != ''
    GROUP BY kind, end_ms
    ORDER BY conversations DESC, end_ms
    LIMIT 20`;
  },
  params: CustomerRangeParams,
  row: z
    .object({
      kind: z.enum(['open', 'before start', 'future']),
      end_ms: z.coerce.number(),
      conversations: z.coerce.number(),
    })
    .transform((row) => ({ kind: row.kind, endMs: row.end_ms, conversations: row.conversations })),
});
