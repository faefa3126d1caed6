-- How far each unfinished mutation was when somebody looked: "no part was done since" needs looks over time.
CREATE TABLE IF NOT EXISTS mutation_samples (
  database_name  text NOT NULL,
  table_name     text NOT NULL,
  host           text NOT NULL,
  mutation_id    text NOT NULL,
  -- A table that was made anew gives the same ids again.
  created_at     timestamptz NOT NULL,
  parts_to_do    bigint NOT NULL,
  standing_since timestamptz NOT NULL,
  seen_at        timestamptz NOT NULL,
  PRIMARY KEY (database_name, table_name, host, mutation_id, created_at)
);

-- KILLs of mutations: asked with TEST first, approved by a second person, run as a Job, verified by looking.
CREATE TABLE IF NOT EXISTS mutation_kills (
  id           uuid PRIMARY KEY,
  customer_id  text NOT NULL,
  plan         jsonb NOT NULL,
  plan_hash    text NOT NULL,
  job_order    jsonb NOT NULL,
  state        text NOT NULL CHECK (state IN ('testing', 'tested', 'killing', 'killed', 'failed')),
  sentence     text NOT NULL DEFAULT '',
  log          text NOT NULL DEFAULT '',
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  tested_at    timestamptz,
  started_by   text,
  started_at   timestamptz,
  ended_at     timestamptz
);
CREATE UNIQUE INDEX IF NOT EXISTS mutation_kills_one_at_work ON mutation_kills (plan_hash) WHERE state = 'killing';
CREATE INDEX IF NOT EXISTS mutation_kills_recent ON mutation_kills (requested_at DESC);
