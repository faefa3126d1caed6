-- An undo deletes and restores in two steps, whose Jobs are of the kinds "delete" and "restore". A day that an earlier
-- release was restoring goes back to its delete, which looks first at what was done.
UPDATE backfill_steps SET job_name = NULL, job_spec = NULL WHERE step = 'restore' AND job_spec ->> 'kind' = 'undo';

UPDATE backfill_items
SET status = 'deleting',
  state = state || '{"status": "deleting", "deletingRest": true}',
  version = version + 1
WHERE status = 'restoring' AND (state ->> 'hasRows')::boolean;

-- One that waits for a person goes on from its delete as well; where nothing was deleted yet, all of it is to go.
UPDATE backfill_items
SET state = state || jsonb_build_object('failedIn', 'deleting', 'deletingRest', state ->> 'labels' <> 'in place'),
  version = version + 1
WHERE status = 'needs attention' AND state ->> 'failedIn' = 'restoring' AND (state ->> 'hasRows')::boolean;

-- What an undo deleted was counted as what it had backed up.
UPDATE backfill_items
SET evidence = evidence || jsonb_build_object('deletedRows', coalesce(evidence -> 'backedUpRows', '0'))
WHERE evidence ? 'restoredRows' AND NOT evidence ? 'deletedRows';
