-- Active Days per agent of a run, as they stood before it, as the truth expects them, and after it.
CREATE TABLE IF NOT EXISTS active_days_snapshots (
  run_id   uuid NOT NULL REFERENCES backfill_runs (id) ON DELETE CASCADE,
  phase    text NOT NULL CHECK (phase IN ('before', 'expected', 'after')),
  taken_at timestamptz NOT NULL DEFAULT now(),
  from_day date NOT NULL,
  to_day   date NOT NULL,
  rows     jsonb NOT NULL,
  PRIMARY KEY (run_id, phase)
);
