export const endedRun = 'EXISTS (SELECT FROM backfill_runs r WHERE r.id = t.run_id AND r.ended_at < :before)';
/** The newest scan of each customer, and the newest that succeeded: health and the age of scans need them. */
export const newestScans = `
  SELECT last.id
  FROM customers c
  CROSS JOIN (VALUES (true), (false)) AS of (succeeded)
  CROSS JOIN LATERAL (
    SELECT s.id
    FROM scans s
    WHERE s.customer_id = c.id AND s.ended_at IS NOT NULL AND (s.status = 'succeeded' OR NOT of.succeeded)
    ORDER BY s.created_at DESC
    LIMIT 1
  ) last
  UNION ALL
  SELECT scan_id FROM scheduled_customers WHERE scan_id IS NOT NULL
  UNION ALL
  SELECT scan_id FROM relooks WHERE scan_id IS NOT NULL AND done_at IS NULL`;
export const newestStay =
  'the newest of each customer, the newest that succeeded, and those that schedule or a repair wait for';
const openFinding = `EXISTS (
  SELECT FROM findings f
  WHERE f.customer_id = t.customer_id AND f.day = t.day AND f.state NOT IN ('repaired', 'resolved by itself'))`;

/** Of a day that is so long ago and was not counted since, unless it is watched. */
export const oldDay = `t.day < (:before::timestamptz AT TIME ZONE 'UTC')::date AND t.as_of < :before AND NOT EXISTS (
      SELECT FROM watched_customers w
      WHERE w.customer_id = t.customer_id AND t.day >= w.from_day AND t.day < w.to_day)
      AND NOT ${openFinding}`;
