-- Why an approval that is still to be used has not started what it is for. It is a fact of the worker and no decision of a
-- person, so it is beside the approval, whose changes the audit announces.
CREATE TABLE IF NOT EXISTS approval_starts (
  approval_id uuid PRIMARY KEY REFERENCES approvals (id) ON DELETE CASCADE,
  failure     text NOT NULL,
  failed_at   timestamptz NOT NULL DEFAULT now()
);
