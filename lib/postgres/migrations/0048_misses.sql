-- What a full scan of a night found that the increments had not, one row for each such scan. It is open until
-- audits agreed with what scans of changes recorded of its days since, a person acknowledged it, or the days that are left of
-- it are not watched any more.
CREATE TABLE IF NOT EXISTS misses (
  id              uuid PRIMARY KEY,
  customer_id     text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  scan_id         uuid NOT NULL UNIQUE,
  found_at        timestamptz NOT NULL,
  missed          integer NOT NULL,
  state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'clean since', 'acknowledged', 'not compared any more')),
  ended_at        timestamptz,
  acknowledged_by text,
  note            text,
  revision        bigint NOT NULL DEFAULT nextval('watch_revision')
);
CREATE INDEX IF NOT EXISTS misses_customer ON misses (customer_id, found_at DESC);
CREATE INDEX IF NOT EXISTS misses_open ON misses (found_at) WHERE state = 'open';
CREATE INDEX IF NOT EXISTS misses_revision ON misses (revision);

-- `recorded` and `found` are counts as of lib/detection/model.ts, `shares` the agents and use cases that differ.
CREATE TABLE IF NOT EXISTS miss_days (
  miss_id  uuid NOT NULL REFERENCES misses (id) ON DELETE CASCADE,
  day      date NOT NULL,
  missed   integer NOT NULL,
  recorded jsonb NOT NULL,
  found    jsonb NOT NULL,
  shares   jsonb NOT NULL,
  clean_at timestamptz,
  PRIMARY KEY (miss_id, day)
);

-- Days of which nothing had changed since they were recorded, and that the audit still could not compare; `sentence` says
-- why.
ALTER TABLE scan_audits ADD COLUMN IF NOT EXISTS days_left integer NOT NULL DEFAULT 0;
