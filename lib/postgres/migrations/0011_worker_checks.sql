-- What each worker found when it asked the platform of Jobs what it may do; pages run with another account.
ALTER TABLE workers ADD COLUMN IF NOT EXISTS launcher_check jsonb;
ALTER TABLE workers ADD COLUMN IF NOT EXISTS launcher_checked_at timestamptz;
