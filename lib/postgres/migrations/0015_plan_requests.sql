-- Previews that the worker makes: who waits looks every second, and one that nobody looks at any more ends by itself.
CREATE TABLE IF NOT EXISTS plan_requests (
  id                  uuid PRIMARY KEY,
  request             jsonb NOT NULL,
  status              text NOT NULL DEFAULT 'queued'
                      CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  step                text,
  done                integer NOT NULL DEFAULT 0,
  total               integer,
  plan_hash           text,
  failure             jsonb,
  requested_by        text NOT NULL,
  requested_at        timestamptz NOT NULL DEFAULT now(),
  looked_at           timestamptz NOT NULL DEFAULT now(),
  started_at          timestamptz,
  ended_at            timestamptz,
  cancel_requested_at timestamptz
);
-- Those who ask for the same at the same time share one.
CREATE UNIQUE INDEX IF NOT EXISTS plan_requests_one_active ON plan_requests (request)
  WHERE ended_at IS NULL AND cancel_requested_at IS NULL;
CREATE INDEX IF NOT EXISTS plan_requests_requested_at ON plan_requests (requested_at);
