import { z } from 'zod';
import { statement } from '@/lib/clickhouse/statement';
import { CustomerRangeParams, inCustomerRange } from '@/lib/customers/sql/scope';
import type { SideColumns } from '@/lib/detection/judge/sql/columns';
import { pgStatement } from '@/lib/postgres/statement';

const Ids = z.object({ ids: z.array(z.string()).min(1), customers: z.array(z.string()).min(1) });
type Sides = { sides: { columns: SideColumns; idIsText: boolean }[] };
export type SeenConversation = { customerId: string; id: string; startMs: number };

/**
 * The conversations of these ids in truth and labels of one database, of these customers, with their newest start. A table
 * whose key has the id skips what cannot hold them; any other is read whole, within the caller's bound of rows.
 */
export const selectConversations = statement<typeof Ids, z.ZodType<SeenConversation>, Sides>({
  name: 'find.select_conversations',
  text: ({ sides }) => `
    SELECT found_customer, found_id, max(start_ms) AS newest_start_ms
    FROM (
      ${sides
        .map(
          ({
            columns,
            idIsText,
          }) => `SELECT ${columns.customerText} AS found_customer, ${columns.idText} AS found_id, ${columns.startMs} AS start_ms
      FROM ${columns.table}
      WHERE ${idIsText ? 'conversation_id' : columns.idText} IN {ids:Array(String)}
        AND ${columns.customerText} IN {customers:Array(String)}`,
        )
        .join('\n      UNION ALL\n      ')}
    )
    GROUP BY found_customer, found_id
    ORDER BY found_customer, found_id
    LIMIT 2000`,
  params: Ids,
  row: z
    .object({ found_customer: z.string(), found_id: z.string(), newest_start_ms: z.coerce.number() })
    .transform((row) => ({ customerId: row.found_customer, id: row.found_id, startMs: row.newest_start_ms })),
});

const People = CustomerRangeParams.extend({ names: z.array(z.string()) });
export type People = { agents: string[]; useCases: string[] };

/**
 * The agents and use cases of a customer's truth in a range; with `names`, in small letters, only those. Reads two columns
 * of the range, bounded by the caller's rows, and answers one row.
 */
export const selectPeople = statement<typeof People, z.ZodType<People>, { truth: SideColumns }>({
  name: 'find.select_people',
  text: ({ truth }) => `
    SELECT groupUniqArrayIf(20000)(agent, agent != '' AND (empty({names:Array(String)}) OR lowerUTF8(agent) IN {names:Array(String)})) AS agents,
           groupUniqArrayIf(5000)(use_case, use_case != '' AND (empty({names:Array(String)}) OR lowerUTF8(use_case) IN {names:Array(String)})) AS use_cases
    FROM (
      SELECT DISTINCT ${truth.agentText} AS agent, ${truth.useCaseText} AS use_case
      FROM ${truth.table}
      WHERE ${inCustomerRange}
    )`,
  params: People,
  row: z
    .object({ agents: z.array(z.string()), use_cases: z.array(z.string()) })
    .transform((row) => ({ agents: row.agents, useCases: row.use_cases })),
});

/** Runs by their ids or the beginnings of these, which are figures and letters only. By the primary key for whole ids. */
export const selectRunsById = pgStatement({
  name: 'find.select_runs',
  text: `
    SELECT id, customer_id, from_day, to_day, status
    FROM backfill_runs
    WHERE id = ANY(:ids::uuid[])
       OR (cardinality(:beginnings::text[]) > 0 AND id::text LIKE ANY(SELECT one || '%' FROM unnest(:beginnings::text[]) one))
    ORDER BY created_at DESC
    LIMIT 8`,
  params: z.object({ ids: z.array(z.uuid()), beginnings: z.array(z.string().regex(/^[0-9a-f-]+$/)) }),
  row: z
    .object({ id: z.string(), customer_id: z.string(), from_day: z.string(), to_day: z.string(), status: z.string() })
    .transform((row) => ({
      id: row.id,
      customerId: row.customer_id,
      from: row.from_day,
      to: row.to_day,
      status: row.status,
    })),
});
