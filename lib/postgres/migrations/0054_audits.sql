-- Days of which nothing had changed since they were recorded, and that the audit still could not compare; `sentence` says
-- why.
ALTER TABLE scan_audits ADD COLUMN IF NOT EXISTS days_left integer NOT NULL DEFAULT 0;
