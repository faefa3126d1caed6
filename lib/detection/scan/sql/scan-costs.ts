/**
 * Adds what statements of the scan `:scanId` cost to the hour in which they ran, where the condition holds. `:runs` is 1
 * with the last of them. A part of other statements, so that a cost counts once, with what it was for.
 */
export const addToHour = (condition: string, runs = '0') => `
      INSERT INTO schedule_costs AS c (hour, customer_id, kind, runs, statements, rows_read, bytes_read, engine_ms)
      SELECT date_trunc('hour', :asOf::timestamptz, 'UTC'), customer_id,
             CASE WHEN cause IN ('schedule', 'first start') THEN 'regular scans' ELSE 'asked scans' END,
             ${runs}, cardinality(:queryIds::text[]), :rowsRead, :bytesRead, :elapsedMs
      FROM scans
      WHERE id = :scanId AND ${condition}
      ON CONFLICT (hour, customer_id, kind) DO UPDATE
      SET runs = c.runs + excluded.runs, statements = c.statements + excluded.statements,
          rows_read = c.rows_read + excluded.rows_read, bytes_read = c.bytes_read + excluded.bytes_read,
          engine_ms = c.engine_ms + excluded.engine_ms`;
