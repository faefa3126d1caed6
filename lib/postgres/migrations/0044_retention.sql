-- When each rule of lib/retention last ran to its end, and what it removed.
CREATE TABLE IF NOT EXISTS retention_rounds (
  name          text PRIMARY KEY,
  ran_at        timestamptz NOT NULL,
  removed       bigint NOT NULL DEFAULT 0,
  removed_total bigint NOT NULL DEFAULT 0,
  -- Whether the rule stopped at the most that it removes in one round.
  more          boolean NOT NULL DEFAULT false
);

-- What ages out is found by its end; lists of runs by state look at the few that are open.
CREATE INDEX IF NOT EXISTS scans_ended ON scans (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS backfill_runs_open ON backfill_runs (status) WHERE status IN ('queued', 'running', 'needs attention');
CREATE INDEX IF NOT EXISTS backfill_runs_list ON backfill_runs
  ((status IN ('queued', 'running', 'needs attention')) DESC, created_at DESC);
CREATE INDEX IF NOT EXISTS backfill_items_attention ON backfill_items (run_id) WHERE status = 'needs attention';
CREATE INDEX IF NOT EXISTS backfill_runs_ended ON backfill_runs (ended_at) WHERE ended_at IS NOT NULL;

-- Rows that are updated in place need room on their page; tables in which much is updated or deleted are vacuumed by
-- number and not by share, which for a table of a year would come too late.
ALTER TABLE scans SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE scan_chunks SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  toast.autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE scan_days SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE day_looks SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
ALTER TABLE day_counts SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_scale_factor = 0.05);
ALTER TABLE findings SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
ALTER TABLE schedule_costs SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
ALTER TABLE notification_deliveries SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_threshold = 500);
ALTER TABLE backfill_steps SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
-- Small ones that are updated every few seconds.
ALTER TABLE workers SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
ALTER TABLE mutation_samples SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
ALTER TABLE sessions SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
ALTER TABLE watched_customers SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE scheduled_customers SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE schedule_state SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
