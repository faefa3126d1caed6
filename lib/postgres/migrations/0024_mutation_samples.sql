-- What the worker saw of a mutation while it ran, for its percent and time left: bytes to do on each host, 16 times at most.
ALTER TABLE backfill_steps ADD COLUMN IF NOT EXISTS samples jsonb NOT NULL DEFAULT '[]';
