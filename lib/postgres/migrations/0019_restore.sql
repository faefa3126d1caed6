-- An undo deletes and restores in two steps, whose Jobs are of the kinds "delete" and "restore". A day that an earlier
-- release was restoring goes back to its delete, which looks first at what was done.
UPDATE backfill_steps SET job_name = NULL, job_spec = NULL WHERE step = 'restore' AND status = 'running';

UPDATE backfill_items
SET status = 'deleting',
  state = state || '{"status": "deleting", "deletingRest": true}',
  version = version + 1
WHERE status = 'restoring' AND (state ->> 'hasRows')::boolean;

-- What an undo deleted was counted as what it had backed up.
UPDATE backfill_items
SET evidence = evidence || jsonb_build_object('deletedRows', coalesce(evidence -> 'backedUpRows', '0'))
WHERE evidence ? 'restoredRows' AND NOT evidence ? 'deletedRows';
