-- A day's state and a plan say everything: what older versions left out is filled in. No hash covers what is added, so
-- every plan keeps its hash. The names of strategies, states and steps are those of lib/backfill/state, which every
-- read checks; the database does not repeat them.
ALTER TABLE backfill_runs DROP CONSTRAINT IF EXISTS backfill_runs_strategy_check;
ALTER TABLE backfill_items DROP CONSTRAINT IF EXISTS backfill_items_status_check;
ALTER TABLE backfill_steps DROP CONSTRAINT IF EXISTS backfill_steps_step_check;

-- The audit watches plans; what this migration adds to them is no person's act.
ALTER TABLE backfill_runs DISABLE TRIGGER audit_watch;
ALTER TABLE backfill_items DISABLE TRIGGER audit_watch;
ALTER TABLE approvals DISABLE TRIGGER audit_watch;

-- One function for all places, so that a day of a run's plan stays equal to the plan of its item.
CREATE FUNCTION whole_day(day jsonb, counted_at jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object('undo', NULL, 'countedAtMs', counted_at) || day
$$;
CREATE FUNCTION whole_plan(plan jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT '{"jobParts": null, "unapprovedRows": 0, "offers": [], "undoOf": null}'::jsonb || plan || jsonb_build_object(
    'days', (
      SELECT coalesce(jsonb_agg(whole_day(d.day, plan -> 'createdAtMs') ORDER BY d.place), '[]')
      FROM jsonb_array_elements(plan -> 'days') WITH ORDINALITY AS d (day, place)))
$$;
UPDATE backfill_items i
SET plan = whole_day(i.plan, r.plan -> 'createdAtMs')
FROM backfill_runs r
WHERE r.id = i.run_id;
UPDATE backfill_runs SET plan = whole_plan(plan);
UPDATE backfill_plans SET plan = whole_plan(plan);
UPDATE approvals SET plan = whole_plan(plan) WHERE kind IN ('backfill', 'undo');

-- `flow` was the strategy, and without it `deletes` said which; a relabel after a half done undo had both.
UPDATE backfill_items i
SET state = i.state - ARRAY['flow', 'deletes', 'backs', 'list', 'backup', 'partial'] || jsonb_build_object(
    'strategy', CASE
      WHEN i.status = 'skipped' THEN r.strategy
      WHEN (i.state ->> 'deletes')::boolean THEN 'replace'
      ELSE coalesce(i.state ->> 'flow', 'relabel-only')
    END,
    'hasRows', CASE
      WHEN i.status = 'skipped' THEN (i.plan ->> 'labelRows')::bigint > 0
      ELSE coalesce((i.state ->> 'deletes')::boolean, false) OR coalesce((i.state ->> 'backs')::boolean, false)
    END,
    'backupAttempt', i.state -> 'backup',
    'wrongRows', i.state -> 'list',
    'deletingRest', coalesce(i.state -> 'partial', 'false'),
    'passingSinceMs', i.state -> 'passingSinceMs'
  ) || CASE
    WHEN i.status = 'needs attention'
    THEN jsonb_build_object('asked', coalesce(i.state -> 'asked', 'false'), 'remedy', i.state -> 'remedy')
    ELSE '{}'
  END
FROM backfill_runs r
WHERE r.id = i.run_id;

-- A process of an older version that still runs changes no day and starts no run: its states are refused.
ALTER TABLE backfill_items ADD CONSTRAINT backfill_items_state_whole CHECK (state ?& ARRAY[
  'strategy', 'hasRows', 'attempt', 'tries', 'backupAttempt', 'wrongRows', 'deletingRest', 'passingSinceMs']);

ALTER TABLE backfill_runs ENABLE TRIGGER audit_watch;
ALTER TABLE backfill_items ENABLE TRIGGER audit_watch;
ALTER TABLE approvals ENABLE TRIGGER audit_watch;
DROP FUNCTION whole_plan(jsonb);
DROP FUNCTION whole_day(jsonb, jsonb);
