-- What the schedule knows of each customer. `looked_at` is the last moment at which its newest days were looked at,
-- `asked_at` when the schedule last took it up. `wanted` is a scan that is decided on and not requested yet; `scan_id`
-- the one that it requested last and whose end it has not read.
CREATE TABLE IF NOT EXISTS scheduled_customers (
  customer_id   text PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  asked_at      timestamptz,
  looked_at     timestamptz,
  looked        text CHECK (looked IN ('full', 'changes', 'nothing changed')),
  failures      integer NOT NULL DEFAULT 0,
  failure       text,
  not_before    timestamptz,
  claimed_until timestamptz,
  wanted        jsonb,
  scan_id       uuid
) WITH (fillfactor = 60);

INSERT INTO scheduled_customers (customer_id, asked_at, looked_at, looked)
SELECT customer_id, max(created_at), max(as_of) FILTER (WHERE status = 'succeeded'),
       CASE WHEN bool_or(status = 'succeeded') THEN 'full' END
FROM scans
WHERE cause IN ('schedule', 'first start')
GROUP BY customer_id
ON CONFLICT DO NOTHING;

-- Since when the cluster is too busy for the schedule, why, and when it looks again. One row.
CREATE TABLE IF NOT EXISTS schedule_state (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  decided_at timestamptz,
  busy_since timestamptz,
  busy_until timestamptz,
  busy_looks integer NOT NULL DEFAULT 0,
  busy       text
) WITH (fillfactor = 50);
INSERT INTO schedule_state (one) VALUES (true) ON CONFLICT DO NOTHING;

-- What scans and looks cost ClickHouse, by hour. `engine_ms` is how long their statements ran.
CREATE TABLE IF NOT EXISTS schedule_costs (
  hour        timestamptz NOT NULL,
  customer_id text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  kind        text NOT NULL CHECK (kind IN ('regular scans', 'asked scans', 'looks')),
  runs        integer NOT NULL DEFAULT 0,
  statements  integer NOT NULL DEFAULT 0,
  rows_read   bigint NOT NULL DEFAULT 0,
  bytes_read  bigint NOT NULL DEFAULT 0,
  engine_ms   double precision NOT NULL DEFAULT 0,
  PRIMARY KEY (hour, customer_id, kind)
) WITH (fillfactor = 60);

CREATE INDEX IF NOT EXISTS scans_unfinished ON scans (cause, created_at) WHERE status IN ('queued', 'running');
CREATE INDEX IF NOT EXISTS scans_newest ON scans (created_at DESC);
