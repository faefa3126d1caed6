-- Repairs: a run, one item a day, its steps, what happened, and the Jobs that did it.
CREATE TABLE IF NOT EXISTS backfill_runs (
  id           uuid PRIMARY KEY,
  customer_id  text NOT NULL REFERENCES customers (id),
  strategy     text NOT NULL CHECK (strategy IN ('replace', 'no-gap', 'relabel-only')),
  from_day     date NOT NULL,
  to_day       date NOT NULL CHECK (to_day > from_day),
  scope        jsonb NOT NULL,
  plan         jsonb NOT NULL,
  plan_hash    text NOT NULL,
  confirmed    text[] NOT NULL DEFAULT '{}',
  status       text NOT NULL CHECK (status IN ('queued', 'running', 'needs attention', 'verified', 'cancelled', 'closed')),
  cancel_after text CHECK (cancel_after IN ('step', 'day')),
  reason       text NOT NULL DEFAULT '',
  started_by   text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  started_at   timestamptz,
  ended_at     timestamptz,
  -- One active run per customer and overlapping range: a constraint, not a check.
  CONSTRAINT backfill_runs_one_active EXCLUDE USING gist (
    customer_id WITH =, daterange(from_day, to_day) WITH &&
  ) WHERE (status IN ('queued', 'running', 'needs attention'))
);
CREATE INDEX IF NOT EXISTS backfill_runs_recent ON backfill_runs (created_at DESC);
CREATE INDEX IF NOT EXISTS backfill_runs_customer ON backfill_runs (customer_id, created_at DESC);

-- `state` is the union of lib/backfill/state/machine.ts; `status` and `attempt` repeat it for reading.
-- `version` and `owner` fence every write: a worker that lost the day changes nothing.
CREATE TABLE IF NOT EXISTS backfill_items (
  id           uuid PRIMARY KEY,
  run_id       uuid NOT NULL REFERENCES backfill_runs (id) ON DELETE CASCADE,
  seq          integer NOT NULL,
  day          date NOT NULL,
  scope        jsonb NOT NULL,
  status       text NOT NULL CHECK (status IN (
    'planned', 'checking', 'snapshot', 'backing up', 'deleting', 'waiting for mutation', 'deleted, not relabelled',
    'relabelling', 'verifying', 'verified', 'needs attention', 'cancelled', 'skipped')),
  attempt      integer NOT NULL DEFAULT 1,
  state        jsonb NOT NULL,
  owner        text,
  version      integer NOT NULL DEFAULT 0,
  plan         jsonb NOT NULL,
  evidence     jsonb NOT NULL DEFAULT '{}',
  failure      text,
  started_at   timestamptz,
  ended_at     timestamptz,
  relabel_at   timestamptz,
  gap_from_at  timestamptz,
  gap_to_at    timestamptz,
  UNIQUE (run_id, seq),
  UNIQUE (run_id, day)
);

CREATE TABLE IF NOT EXISTS backfill_steps (
  item_id    uuid NOT NULL REFERENCES backfill_items (id) ON DELETE CASCADE,
  attempt    integer NOT NULL,
  step       text NOT NULL CHECK (step IN ('check', 'snapshot', 'backup', 'delete', 'mutation', 'relabel', 'verify')),
  status     text NOT NULL CHECK (status IN ('running', 'done', 'failed', 'skipped')),
  job_name   text,
  -- Launched again exactly as it was first: another spec under the same name would be refused.
  job_spec   jsonb,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at   timestamptz,
  sentence   text NOT NULL DEFAULT '',
  numbers    jsonb NOT NULL DEFAULT '{}',
  job_status jsonb,
  log_tail   text,
  PRIMARY KEY (item_id, attempt, step)
);

CREATE TABLE IF NOT EXISTS backfill_events (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id  uuid NOT NULL REFERENCES backfill_runs (id) ON DELETE CASCADE,
  item_id uuid REFERENCES backfill_items (id) ON DELETE CASCADE,
  at      timestamptz NOT NULL DEFAULT now(),
  kind    text NOT NULL,
  text    text NOT NULL,
  numbers jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS backfill_events_run ON backfill_events (run_id, id);

-- Previews, so that a start can name what changed since the person looked; a day old at most.
CREATE TABLE IF NOT EXISTS backfill_plans (
  hash       text PRIMARY KEY,
  plan       jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The worker processes that were heard from; a row is renewed every few seconds and removed at a clean stop.
CREATE TABLE IF NOT EXISTS workers (
  id         text PRIMARY KEY,
  host       text NOT NULL,
  pid        integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at    timestamptz NOT NULL DEFAULT now(),
  stopped_at timestamptz
);
