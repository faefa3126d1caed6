-- Days of which nothing had changed since they were recorded, and that the audit still could not compare; `sentence` says
-- why.
ALTER TABLE scan_audits ADD COLUMN IF NOT EXISTS days_left integer NOT NULL DEFAULT 0;

-- A miss also ends once the days that are left of it are not watched any more.
ALTER TABLE misses DROP CONSTRAINT IF EXISTS misses_state_check;
ALTER TABLE misses ADD CONSTRAINT misses_state_check
  CHECK (state IN ('open', 'clean since', 'acknowledged', 'not compared any more'));
