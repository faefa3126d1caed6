-- Two persons for one change: who asked for exactly which plan, and who decided.
CREATE TABLE IF NOT EXISTS approvals (
  id                uuid PRIMARY KEY,
  kind              text NOT NULL CHECK (kind IN ('backfill', 'undo', 'kill')),
  -- What it is about, such as a customer's range: one open request each, so that a changed plan resets it.
  subject           text NOT NULL,
  plan_hash         text NOT NULL CHECK (plan_hash ~ '^[0-9a-f]{64}$'),
  plan              jsonb NOT NULL,
  -- Ids of what was not known and that the person who asked confirms.
  confirmed         text[] NOT NULL DEFAULT '{}',
  customer_id       text,
  scope             text NOT NULL,
  row_count         bigint NOT NULL DEFAULT 0,
  state             text NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'expired', 'used', 'withdrawn')),
  requested_by      text NOT NULL,
  -- The provider's id of the person; absent where nobody proved who they are.
  requested_subject text,
  requested_at      timestamptz NOT NULL DEFAULT now(),
  reason            text NOT NULL CHECK (btrim(reason) <> ''),
  decided_by        text,
  decided_subject   text,
  decided_at        timestamptz,
  decision_reason   text,
  expires_at        timestamptz NOT NULL,
  ended_by          text,
  ended_at          timestamptz,
  end_reason        text,
  used_by           text,
  CONSTRAINT approvals_decided CHECK (
    state NOT IN ('approved', 'refused', 'used')
    OR (decided_by IS NOT NULL AND decided_at IS NOT NULL AND decision_reason IS NOT NULL)
  ),
  -- Nobody decides on what they asked for, whatever the code above it does.
  CONSTRAINT approvals_second_person CHECK (
    decided_by IS NULL
    OR CASE WHEN requested_subject IS NOT NULL AND decided_subject IS NOT NULL
      THEN lower(decided_subject) <> lower(requested_subject)
      ELSE lower(btrim(decided_by)) <> lower(btrim(requested_by)) END
  ),
  CONSTRAINT approvals_used CHECK ((state = 'used') = (used_by IS NOT NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS approvals_one_open ON approvals (kind, subject) WHERE state IN ('waiting', 'approved');
CREATE UNIQUE INDEX IF NOT EXISTS approvals_one_use ON approvals (kind, used_by) WHERE used_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS approvals_plan ON approvals (kind, plan_hash, requested_at DESC);
CREATE INDEX IF NOT EXISTS approvals_recent ON approvals (requested_at DESC);
