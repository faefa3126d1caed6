import { z } from 'zod';
import { quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import { statement } from '@/lib/clickhouse/statement';

const Tables = z.object({ truth: z.string(), labels: z.string() });

/** Databases that hold both tables, by their configured names; it reads only the catalogue. */
export const selectDatabases = statement({
  name: 'customers.select_databases',
  text: `
    SELECT database
    FROM system.tables
    WHERE name IN ({truth:String}, {labels:String})
    GROUP BY database
    HAVING uniqExact(name) = 2
    ORDER BY database`,
  params: Tables,
  row: z.object({ database: z.string() }),
});

/** The engine's own spelling of a time zone: it takes no other, where JavaScript takes any case. */
export const selectTimeZone = statement({
  name: 'customers.select_time_zone',
  text: `
    SELECT time_zone
    FROM system.time_zones
    WHERE lower(time_zone) = lower({timeZone:String})`,
  params: z.object({ timeZone: z.string() }),
  row: z.object({ time_zone: z.string() }).transform((row) => row.time_zone),
});

/**
 * Who is in a truth table. Reads two low-cardinality columns and one hash of it whole, bounded by the caller's time
 * limit; the count of conversations is approximate above some tens of thousands.
 */
export const selectOwners = statement<
  z.ZodObject,
  z.ZodType<{ customerId: string; profileId: string; conversations: number }>,
  { truth: TableName }
>({
  name: 'customers.select_owners',
  text: ({ truth }) => `
    SELECT
      assumeNotNull(toString(customer_id)) AS customer_id,
      ifNull(toString(profile_id), '') AS profile_id,
      uniq(conversation_id) AS conversations
    FROM ${quoteTable(truth)}
    WHERE isNotNull(customer_id)
    GROUP BY customer_id, profile_id
    ORDER BY customer_id, profile_id
    LIMIT 1000`,
  row: z
    .object({ customer_id: z.string(), profile_id: z.string(), conversations: z.coerce.number() })
    .transform((row) => ({
      customerId: row.customer_id,
      profileId: row.profile_id,
      conversations: row.conversations,
    })),
});

const CustomerParam = z.object({ customer: z.string() });

/** The profiles that a customer has in truth and labels, with their rows; bounded by the caller's time limit. */
export const selectProfiles = statement<
  typeof CustomerParam,
  z.ZodType<{ profileId: string; truthRows: number; labelRows: number }>,
  { truth: TableName; labels: TableName }
>({
  name: 'customers.select_profiles',
  text: ({ truth, labels }) => `
    SELECT
      ifNull(toString(profile_id), '') AS profile_id,
      sum(is_truth) AS truth_rows,
      count() - truth_rows AS label_rows
    FROM (
      SELECT profile_id, 1 AS is_truth
      FROM ${quoteTable(truth)}
      WHERE customer_id = {customer:String}
      UNION ALL
      SELECT profile_id, 0 AS is_truth
      FROM ${quoteTable(labels)}
      WHERE customer_id = {customer:String}
    )
    GROUP BY profile_id
    ORDER BY profile_id
    LIMIT 1000`,
  params: CustomerParam,
  row: z
    .object({ profile_id: z.string(), truth_rows: z.coerce.number(), label_rows: z.coerce.number() })
    .transform((row) => ({ profileId: row.profile_id, truthRows: row.truth_rows, labelRows: row.label_rows })),
});
