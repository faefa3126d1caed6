-- A customer can be paused and retired, and each change has a number, so that two people do not overwrite each other.
ALTER TABLE customers ADD COLUMN IF NOT EXISTS version integer NOT NULL DEFAULT 1;
ALTER TABLE customers ADD COLUMN IF NOT EXISTS changed_at timestamptz;
ALTER TABLE customers ADD COLUMN IF NOT EXISTS changed_by text;
ALTER TABLE customers ADD COLUMN IF NOT EXISTS state text NOT NULL DEFAULT 'active';
ALTER TABLE customers ADD COLUMN IF NOT EXISTS state_reason text;
ALTER TABLE customers ADD COLUMN IF NOT EXISTS state_at timestamptz;
ALTER TABLE customers DROP CONSTRAINT IF EXISTS customers_state;
ALTER TABLE customers ADD CONSTRAINT customers_state CHECK (state IN ('active', 'paused', 'retired'));

-- What was counted before the time zone, the database or the profiles of a customer changed: its days are other days now,
-- so nothing of it is shown as theirs. One row for each such change.
CREATE TABLE IF NOT EXISTS retired_counts (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id   text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  retired_at    timestamptz NOT NULL,
  retired_by    text NOT NULL,
  time_zone     text NOT NULL,
  database_name text NOT NULL,
  profiles      text[] NOT NULL,
  days          integer NOT NULL,
  findings      integer NOT NULL,
  looks         jsonb NOT NULL,
  found         jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS retired_counts_customer ON retired_counts (customer_id, retired_at DESC);
