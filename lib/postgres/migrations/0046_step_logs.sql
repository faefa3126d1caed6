-- Logs of Jobs are emptied from the oldest on, so they are found by their time and not by the id of their unit.
CREATE INDEX IF NOT EXISTS backfill_steps_logs ON backfill_steps (started_at)
  WHERE job_spec IS NOT NULL OR job_status IS NOT NULL OR log_tail IS NOT NULL OR samples <> '[]';
