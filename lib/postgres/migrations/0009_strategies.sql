-- No-gap and undo: their states and steps, how long a day was without labels, what undid it, and the backups' end.
ALTER TABLE backfill_runs DROP CONSTRAINT IF EXISTS backfill_runs_strategy_check;
ALTER TABLE backfill_runs ADD CONSTRAINT backfill_runs_strategy_check
  CHECK (strategy IN ('replace', 'no-gap', 'relabel-only', 'undo'));
ALTER TABLE backfill_runs ADD COLUMN IF NOT EXISTS undo_of uuid REFERENCES backfill_runs (id);
CREATE INDEX IF NOT EXISTS backfill_runs_undo_of ON backfill_runs (undo_of) WHERE undo_of IS NOT NULL;

ALTER TABLE backfill_items DROP CONSTRAINT IF EXISTS backfill_items_status_check;
ALTER TABLE backfill_items ADD CONSTRAINT backfill_items_status_check CHECK (status IN (
  'planned', 'checking', 'snapshot', 'backing up', 'deleting', 'waiting for mutation', 'deleted, not relabelled',
  'relabelling', 'proving', 'restoring', 'verifying', 'verified', 'needs attention', 'cancelled', 'skipped'));
-- Milliseconds from the delete taking effect until the labels were back; 0 where none were missing at any time.
ALTER TABLE backfill_items ADD COLUMN IF NOT EXISTS gap_ms bigint;
ALTER TABLE backfill_items ADD COLUMN IF NOT EXISTS undone_by uuid REFERENCES backfill_runs (id);
UPDATE backfill_items
SET gap_ms = round(extract(epoch FROM gap_to_at - gap_from_at) * 1000)
WHERE gap_ms IS NULL AND gap_to_at >= gap_from_at;

ALTER TABLE backfill_steps DROP CONSTRAINT IF EXISTS backfill_steps_step_check;
ALTER TABLE backfill_steps ADD CONSTRAINT backfill_steps_step_check CHECK (step IN (
  'check', 'snapshot', 'backup', 'delete', 'mutation', 'relabel', 'prove', 'restore', 'verify'));

-- Backups that were dropped, or are being dropped: the row stands here before the Job that drops begins.
CREATE TABLE IF NOT EXISTS backup_drops (
  backup_id    text PRIMARY KEY,
  customer_id  text NOT NULL REFERENCES customers (id),
  run_id       uuid NOT NULL REFERENCES backfill_runs (id),
  day          date NOT NULL,
  rows         bigint NOT NULL,
  bytes        bigint NOT NULL,
  taken_at     timestamptz NOT NULL,
  job_name     text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  dropped_at   timestamptz
);
CREATE INDEX IF NOT EXISTS backup_drops_run ON backup_drops (run_id);
