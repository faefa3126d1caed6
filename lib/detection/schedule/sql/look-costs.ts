import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

/**
 * Adds what one look at several customers cost, the same part to each of them, as the statements are shared. It counts
 * as a look of those of which it found something out.
 */
export const addLookCost = pgStatement({
  name: 'schedule.add_look_cost',
  text: `
    WITH looked AS (
      SELECT id, row_number() OVER (ORDER BY id) AS at, count(*) OVER () AS shares
      FROM customers
      WHERE id = ANY (:customerIds::text[]))
    INSERT INTO schedule_costs AS c (hour, customer_id, kind, runs, statements, rows_read, bytes_read, engine_ms)
    SELECT date_trunc('hour', :at::timestamptz, 'UTC'), id, 'looks', (id = ANY (:foundIds::text[]))::int,
           :statements::int / shares + (at <= :statements::int % shares)::int,
           :rowsRead::bigint / shares + (at <= :rowsRead::bigint % shares)::int,
           :bytesRead::bigint / shares + (at <= :bytesRead::bigint % shares)::int, :elapsedMs::float8 / shares
    FROM looked
    ON CONFLICT (hour, customer_id, kind) DO UPDATE
    SET runs = c.runs + excluded.runs, statements = c.statements + excluded.statements,
        rows_read = c.rows_read + excluded.rows_read, bytes_read = c.bytes_read + excluded.bytes_read,
        engine_ms = c.engine_ms + excluded.engine_ms`,
  params: z.object({
    customerIds: z.array(z.string()),
    foundIds: z.array(z.string()),
    at: z.date(),
    statements: z.number().int(),
    rowsRead: z.number().int(),
    bytesRead: z.number().int(),
    elapsedMs: z.number(),
  }),
  row: z.never(),
});
