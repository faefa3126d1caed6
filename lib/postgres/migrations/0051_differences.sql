-- What a verified unit of a run changed: one set a unit, due until a worker has compared its backup with its labels.
-- `counted` is the digest of the labels as verification counted them, `summary` as of lib/differences/model.ts. The sets
-- stay with the run; the conversations in them age out.
CREATE TABLE IF NOT EXISTS difference_sets (
  item_id     uuid PRIMARY KEY REFERENCES backfill_items (id) ON DELETE CASCADE,
  state       text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'kept', 'not kept')),
  verified_at timestamptz NOT NULL DEFAULT now(),
  counted     jsonb NOT NULL,
  tries       integer NOT NULL DEFAULT 0,
  claimed_at  timestamptz,
  compared_at timestamptz,
  summary     jsonb,
  sentence    text
);
CREATE INDEX IF NOT EXISTS difference_sets_due ON difference_sets (verified_at) WHERE state = 'due';
CREATE INDEX IF NOT EXISTS difference_sets_verified ON difference_sets (verified_at);

-- One conversation whose labels a unit changed, with its old and new label rows.
CREATE TABLE IF NOT EXISTS differences (
  item_id         uuid NOT NULL REFERENCES difference_sets (item_id) ON DELETE CASCADE,
  seq             integer NOT NULL,
  conversation_id text NOT NULL,
  kinds           integer NOT NULL,
  start_ms        bigint NOT NULL,
  agents          text[] NOT NULL,
  use_cases       text[] NOT NULL,
  olds            jsonb NOT NULL,
  news            jsonb NOT NULL,
  PRIMARY KEY (item_id, seq)
);
