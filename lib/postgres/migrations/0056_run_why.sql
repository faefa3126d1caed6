-- What made the labels of a run wrong, as of lib/detection/why-model.ts, read before the run changes them.
ALTER TABLE backfill_runs ADD COLUMN IF NOT EXISTS why jsonb;
