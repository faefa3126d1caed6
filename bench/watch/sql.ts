import type { Postgres } from '@/lib/postgres/client';

/** Scans that were made and the rows that they read, and looks with what they asked. */
export type Done = { scans: number; scanRows: number; looks: number; lookStatements: number; countedMs: number };

const sums = `
  SELECT (SELECT count(*)::int FROM scans) AS scans,
         coalesce(sum(rows_read) FILTER (WHERE kind = 'regular scans'), 0)::float8 AS scan_rows,
         coalesce(sum(runs) FILTER (WHERE kind = 'looks'), 0)::float8 AS looks,
         coalesce(sum(statements) FILTER (WHERE kind = 'looks'), 0)::float8 AS look_statements,
         coalesce(sum(engine_ms), 0)::float8 AS counted_ms
  FROM schedule_costs`;

/** What was done in all, or since `known`. */
export async function doneSince(db: Postgres, known: Done | null): Promise<Done> {
  const [row] = (await db.pool.query(sums)).rows;
  const now = {
    scans: row.scans,
    scanRows: row.scan_rows,
    looks: row.looks,
    lookStatements: row.look_statements,
    countedMs: row.counted_ms,
  };
  if (!known) return now;
  return {
    scans: now.scans - known.scans,
    scanRows: now.scanRows - known.scanRows,
    looks: now.looks - known.looks,
    lookStatements: now.lookStatements - known.lookStatements,
    countedMs: now.countedMs - known.countedMs,
  };
}

/** The console's own table of cost: by hour and kind. */
export async function costsSince(db: Postgres, fromMs: number) {
  const { rows } = await db.pool.query(
    `SELECT hour, kind, sum(runs)::int AS runs, sum(statements)::int AS statements, sum(rows_read)::float8 AS rows_read,
            sum(bytes_read)::float8 AS bytes_read, round(sum(engine_ms)) AS engine_ms
     FROM schedule_costs WHERE hour >= $1 GROUP BY hour, kind ORDER BY hour, kind`,
    [new Date(fromMs)],
  );
  return rows;
}
