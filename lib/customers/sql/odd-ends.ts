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
 * ones before the start or after now, which count as closed. Two passes over the range's truth, memory of the
 * conversations that have such an end in any version; at most 20 rows.
 */
export const selectOddEnds = statement<typeof CustomerRangeParams, z.ZodType<OddEnd>, { truth: TableFacts }>({
  name: 'customers.odd_ends',
  text: ({ truth }) => {
    const end = truth.columns.conversation_end_time ?? '';
    const startMs = msOf('conversation_start_time', truth.columns.conversation_start_time ?? '');
    const kindOf = (stored: string, endMs: string, start: string) => `multiIf(
               ${endMs} = 0, if(${stored} = 0, '', 'open'), ${stored} < ${start}, 'before start',
               ${stored} > toUnixTimestamp64Milli(now64(3)), 'future', '')`;
    const who = '(customer_id, profile_id, conversation_id)';
    const rows = `FROM ${quoteTable(truth.distributed)}
      WHERE ${inCustomerRange}`;
    return `
    SELECT kind, if(kind = 'open', stored, 0) AS end_ms, count() AS conversations
    FROM (
      SELECT argMax((${storedEndMs(end)}, ${endMsOf(end)}, ${startMs}), ${quoteName(truth.versionColumn)}) AS newest,
             newest.1 AS stored,
             ${kindOf('stored', 'newest.2', 'newest.3')} AS kind
      ${rows}
        AND ${who} GLOBAL IN (
          SELECT ${who}
          ${rows}
            AND ${kindOf(storedEndMs(end), endMsOf(end), startMs)} != '')
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
