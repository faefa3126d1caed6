-- A run held before its next delete or restore while somebody decides whether to cancel it: a minute at most.
ALTER TABLE backfill_runs ADD COLUMN IF NOT EXISTS held_by text;
ALTER TABLE backfill_runs ADD COLUMN IF NOT EXISTS held_from timestamptz;
ALTER TABLE backfill_runs ADD COLUMN IF NOT EXISTS held_until timestamptz;
ALTER TABLE backfill_runs DROP CONSTRAINT IF EXISTS backfill_runs_held_briefly;
ALTER TABLE backfill_runs ADD CONSTRAINT backfill_runs_held_briefly
  CHECK (held_until <= held_from + interval '60 seconds');

-- "delete": stop between the delete and the relabel, which a person must choose in these words.
ALTER TABLE backfill_runs DROP CONSTRAINT IF EXISTS backfill_runs_cancel_after_check;
ALTER TABLE backfill_runs ADD CONSTRAINT backfill_runs_cancel_after_check
  CHECK (cancel_after IN ('step', 'day', 'delete'));
