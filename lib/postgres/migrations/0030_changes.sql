-- What a scan read: all of its range, or only days on which something changed. `look` is the look at the parts that was
-- taken before its reading, until the scan has ended.
ALTER TABLE scans ADD COLUMN IF NOT EXISTS kind text CHECK (kind IN ('full', 'changes'));
ALTER TABLE scans ADD COLUMN IF NOT EXISTS days date[];
ALTER TABLE scans ADD COLUMN IF NOT EXISTS reason text;
ALTER TABLE scans ADD COLUMN IF NOT EXISTS full_asked boolean NOT NULL DEFAULT false;
ALTER TABLE scans ADD COLUMN IF NOT EXISTS look jsonb;

-- The parts of a customer's tables as they were before the newest results of the range's days were read. `turns` has the
-- instant, in ms, at which time alone changes the answer of a day. `day_looks` has the answers.
CREATE TABLE IF NOT EXISTS part_looks (
  customer_id text PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
  from_day    date NOT NULL,
  to_day      date NOT NULL CHECK (to_day > from_day),
  looked_at   timestamptz NOT NULL,
  audited_at  timestamptz NOT NULL,
  look        jsonb NOT NULL,
  turns       jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50);

-- A full scan compared with what the increments had recorded. `conversations` are those of the compared days, `missed`
-- those by which they differ at least.
CREATE TABLE IF NOT EXISTS scan_audits (
  scan_id       uuid PRIMARY KEY,
  customer_id   text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  audited_at    timestamptz NOT NULL,
  days          integer NOT NULL,
  conversations integer NOT NULL,
  missed        integer NOT NULL,
  days_missed   date[] NOT NULL DEFAULT '{}',
  sentence      text
);
CREATE INDEX IF NOT EXISTS scan_audits_newest ON scan_audits (customer_id, audited_at DESC);
