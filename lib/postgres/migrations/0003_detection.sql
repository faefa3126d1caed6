-- Scans of a customer's range: the run, its chunks, and what each day came to.
CREATE TABLE IF NOT EXISTS scans (
  id                  uuid PRIMARY KEY,
  customer_id         text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  from_day            date NOT NULL,
  to_day              date NOT NULL CHECK (to_day > from_day),
  cause               text NOT NULL CHECK (cause IN ('person', 'schedule', 'first start', 'after repair')),
  requested_by        text NOT NULL,
  status              text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  created_at          timestamptz NOT NULL DEFAULT now(),
  started_at          timestamptz,
  ended_at            timestamptz,
  cancel_requested_at timestamptz,
  as_of               timestamptz,
  chunks_total        integer,
  chunks_done         integer NOT NULL DEFAULT 0,
  rows_read           bigint NOT NULL DEFAULT 0,
  bytes_read          bigint NOT NULL DEFAULT 0,
  elapsed_ms          double precision NOT NULL DEFAULT 0,
  at_least            boolean NOT NULL DEFAULT false,
  failure             text
);
CREATE INDEX IF NOT EXISTS scans_customer ON scans (customer_id, created_at DESC);

-- `tally` and `verdicts` are what a resumed scan and its last step need; both are emptied when the scan has ended.
CREATE TABLE IF NOT EXISTS scan_chunks (
  scan_id    uuid NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
  seq        integer NOT NULL,
  from_at    timestamptz NOT NULL,
  to_at      timestamptz NOT NULL CHECK (to_at > from_at),
  status     text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'done')),
  as_of      timestamptz,
  rows_read  bigint NOT NULL DEFAULT 0,
  bytes_read bigint NOT NULL DEFAULT 0,
  elapsed_ms double precision NOT NULL DEFAULT 0,
  query_ids  text[] NOT NULL DEFAULT '{}',
  at_least   boolean NOT NULL DEFAULT false,
  tally      jsonb NOT NULL DEFAULT '[]',
  verdicts   bytea NOT NULL DEFAULT '',
  PRIMARY KEY (scan_id, seq)
);

-- Counts are conversations, defined in lib/detection/model.ts.
CREATE TABLE IF NOT EXISTS scan_days (
  scan_id       uuid NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
  customer_id   text NOT NULL,
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
  by_agent      jsonb NOT NULL DEFAULT '[]',
  by_use_case   jsonb NOT NULL DEFAULT '[]',
  at_least      boolean NOT NULL DEFAULT false,
  PRIMARY KEY (scan_id, day)
);
CREATE INDEX IF NOT EXISTS scan_days_latest ON scan_days (customer_id, day, as_of DESC);
