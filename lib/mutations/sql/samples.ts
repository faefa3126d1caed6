import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

/**
 * Stores one sample of all unfinished mutations; `:samples` is a JSON array of rows. `standing_since` moves when parts
 * were done. Bounded by the number of unfinished mutations.
 */
export const upsertSamples = pgStatement({
  name: 'mutations.upsert_samples',
  text: `
    WITH look AS (SELECT to_timestamp(:nowMs::float8 / 1000) AS at)
    INSERT INTO mutation_samples AS s
      (database_name, table_name, host, mutation_id, created_at, parts_to_do, standing_since, seen_at)
    SELECT i.database, i.table, i.host, i.mutation_id, to_timestamp(i.created_ms / 1000), i.parts_to_do, look.at, look.at
    FROM jsonb_to_recordset(:samples::jsonb) AS i
      (database text, "table" text, host text, mutation_id text, created_ms float8, parts_to_do bigint)
    CROSS JOIN look
    ON CONFLICT (database_name, table_name, host, mutation_id, created_at) DO UPDATE
    SET standing_since = CASE WHEN excluded.parts_to_do < s.parts_to_do THEN excluded.seen_at ELSE s.standing_since END,
      parts_to_do = excluded.parts_to_do, seen_at = excluded.seen_at
    WHERE s.seen_at <= excluded.seen_at`,
  params: z.object({ samples: z.string(), nowMs: z.number() }),
  row: z.never(),
});

const ms = z.date().transform((at) => at.getTime());

/** All samples: one for each mutation that was unfinished within the last day or so. */
export const selectSamples = pgStatement({
  name: 'mutations.select_samples',
  text: `
    SELECT database_name, table_name, host, mutation_id, created_at, parts_to_do, standing_since
    FROM mutation_samples`,
  row: z
    .object({
      database_name: z.string(),
      table_name: z.string(),
      host: z.string(),
      mutation_id: z.string(),
      created_at: ms,
      parts_to_do: z.number(),
      standing_since: ms,
    })
    .transform((row) => ({
      database: row.database_name,
      table: row.table_name,
      host: row.host,
      mutationId: row.mutation_id,
      createdAtMs: row.created_at,
      partsToDo: row.parts_to_do,
      standingSinceMs: row.standing_since,
    })),
});
