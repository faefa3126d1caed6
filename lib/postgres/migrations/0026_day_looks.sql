-- What each day came to when it was last looked at, and how that changed. Counts are conversations, defined in
-- lib/detection/model.ts. A scan that is under way keeps the days that were never looked at in scan_days.
CREATE SEQUENCE IF NOT EXISTS watch_revision;

-- A look that finds the same moves only `as_of` and `scan_id`, which no index holds, so that the row is updated in place.
CREATE TABLE IF NOT EXISTS day_looks (
  customer_id   text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  day           date NOT NULL,
  as_of         timestamptz NOT NULL,
  scan_id       uuid,
  conversations integer NOT NULL,
  affected      integer NOT NULL,
  stale         integer NOT NULL,
  duplicates    integer NOT NULL,
  missing       integer NOT NULL,
  orphans       integer NOT NULL,
  open          integer NOT NULL,
  settling      integer NOT NULL,
  flags         jsonb NOT NULL,
  by_agent      jsonb NOT NULL DEFAULT '[]',
  by_use_case   jsonb NOT NULL DEFAULT '[]',
  at_least      boolean NOT NULL DEFAULT false,
  PRIMARY KEY (customer_id, day)
) WITH (fillfactor = 70);

-- One row for each change of what is wrong on a day. `conversations`, `open` and `settling` are those of the last look
-- before the next change.
CREATE TABLE IF NOT EXISTS day_counts (
  customer_id   text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  day           date NOT NULL,
  as_of         timestamptz NOT NULL,
  conversations integer NOT NULL,
  affected      integer NOT NULL,
  stale         integer NOT NULL,
  duplicates    integer NOT NULL,
  missing       integer NOT NULL,
  orphans       integer NOT NULL,
  open          integer NOT NULL,
  settling      integer NOT NULL,
  flags         jsonb NOT NULL,
  at_least      boolean NOT NULL DEFAULT false,
  PRIMARY KEY (customer_id, day, as_of)
) WITH (fillfactor = 90);

-- Nothing had changed at `checked_at` on any day of [from_day, to_day) that day_looks has.
CREATE TABLE IF NOT EXISTS watched_customers (
  customer_id text PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  from_day    date NOT NULL,
  to_day      date NOT NULL,
  checked_at  timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE OR REPLACE VIEW days_now AS
SELECT l.*,
  CASE WHEN l.day >= w.from_day AND l.day < w.to_day THEN greatest(l.as_of, w.checked_at) ELSE l.as_of END AS looked_at
FROM day_looks l
LEFT JOIN watched_customers w ON w.customer_id = l.customer_id;

INSERT INTO day_looks (customer_id, day, as_of, scan_id, conversations, affected, stale, duplicates, missing, orphans,
                       open, settling, flags, by_agent, by_use_case, at_least)
SELECT DISTINCT ON (d.customer_id, d.day)
       d.customer_id, d.day, d.as_of, d.scan_id, d.conversations, d.affected, d.stale, d.duplicates, d.missing,
       d.orphans, d.open, d.settling, d.flags, d.by_agent, d.by_use_case, d.at_least
FROM scan_days d
JOIN scans s ON s.id = d.scan_id AND s.status = 'succeeded'
ORDER BY d.customer_id, d.day, d.as_of DESC
ON CONFLICT DO NOTHING;

INSERT INTO day_counts (customer_id, day, as_of, conversations, affected, stale, duplicates, missing, orphans, open,
                        settling, flags, at_least)
SELECT customer_id, day, as_of, conversations, affected, stale, duplicates, missing, orphans, open, settling, flags,
       at_least
FROM (
  SELECT d.*, lag(d.flags) OVER looks AS flags_before, lag(d.affected) OVER looks AS affected_before,
         lag(d.at_least) OVER looks AS at_least_before
  FROM scan_days d
  JOIN scans s ON s.id = d.scan_id AND s.status = 'succeeded'
  WINDOW looks AS (PARTITION BY d.customer_id, d.day ORDER BY d.as_of)
) looked
WHERE (flags, affected, at_least) IS DISTINCT FROM (flags_before, affected_before, at_least_before)
ON CONFLICT DO NOTHING;

DELETE FROM scan_days d
USING day_looks l
WHERE l.customer_id = d.customer_id AND l.day = d.day;
